// Strangers two steps away through someone whom both trust: trust passes from acquaintances on to strangers.
// @kind source   @owner growth   @timeout 60s   @max_rows 200   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, limit: 40, trusted: 8}}
//
// Through each of the `trusted` closest contacts of the sender, to who is close to them and no contact of the sender yet.
// Relevance adds up over all of these contacts: someone trusted by several of them is less of a stranger.
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
USING INDEX sender:Member(realm, member_id)
CALL (sender) {
  MATCH (sender)-[c:CLOSE_TO]->(x:Member)
  WHERE c.pass_on > 0
  RETURN x, c.pass_on AS near
  ORDER BY near DESC, x
  LIMIT coalesce($ask.trusted, 8)
}
MATCH (x)-[c:CLOSE_TO]->(v:Member)
WHERE v <> sender AND c.pass_on > 0
WITH sender, v, sum(near * c.pass_on) AS relevance
ORDER BY relevance DESC, v
LIMIT 4 * $ask.limit
WHERE NOT EXISTS { (sender)-[:KNOWS]->(v) }
WITH v.member_id AS target_id, relevance
ORDER BY relevance DESC, target_id
LIMIT $ask.limit
RETURN target_id, relevance
ORDER BY relevance DESC, target_id
