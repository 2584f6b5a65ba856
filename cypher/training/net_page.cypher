// Whom each member can contact and what the walk's rules ask of them, one row a member: what training walks over.
// @kind training   @owner growth   @timeout 5min   @max_rows 2000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 200}
// `scored` is what the tie model said of each tie last, -1 where it never did.
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
WITH m
ORDER BY m.member_id
LIMIT $limit
CALL (m) {
  OPTIONAL MATCH (m)-[k:KNOWS]->(v:Member)
  WITH k, v
  ORDER BY v.member_id
  RETURN collect(v.member_id) AS to_ids, collect(CASE WHEN k IS NOT NULL THEN coalesce(k.scored_pass_on, -1.0) END) AS scored,
    collect(CASE WHEN k IS NOT NULL THEN coalesce(k.since, 0) END) AS since,
    [sum(k.contacts), sum(k.last_at), sum(k.strength), sum(k.base_strength), sum(k.sentiment), sum(k.sentiment_at)] AS facts
}
CALL (m) {
  OPTIONAL MATCH (m)-[b:BLOCKS]->(v:Member)
  WITH b, v
  ORDER BY v.member_id
  RETURN collect(v.member_id) AS blocked_ids, collect(CASE WHEN b IS NOT NULL THEN coalesce(b.at, 0) END) AS blocked_at
}
CALL (m) {
  OPTIONAL MATCH (m)-[b:BELONGS_TO]->(:Community)-[:PART_OF*0..3]->(top:Community)
  WHERE NOT EXISTS { (top)-[:PART_OF]->() }
  WITH b, top
  ORDER BY coalesce(b.weight, 0.0) DESC, top.community_id
  LIMIT 1
  RETURN top.community_id AS community_id
}
RETURN m.member_id AS member_id, community_id, facts, to_ids, scored, since, blocked_ids, blocked_at,
  coalesce(m.can_introduce, true) AS introduces,
  coalesce(m.can_be_named, true) AS named,
  coalesce(m.can_be_reached, true) AS reachable,
  m.opted_out_at AS opted_out_at
ORDER BY member_id
LIMIT 2000
