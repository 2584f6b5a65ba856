// The next relationships of one type that lead from a member, or to it, in the order of who or what is at the other end.
// @kind question   @owner platform   @timeout 30s   @max_rows 1000   @maturity stable
//   :params {realm: "demo", ask: {member_id: "m1", kind: "KNOWS", from_here: true, cursor: ["", ""], limit: 1000}}
//
// `mentioned` is a member that the relationship names, if any; `about` the offering of an outreach.
MATCH (m:Member {realm: $realm, member_id: $ask.member_id})-[r]-(other)
WHERE type(r) = $ask.kind AND (startNode(r) = m) = $ask.from_here
WITH r, other, coalesce(other.member_id, other.offering_id, other.enterprise_id, other.community_id, other.outreach_id) AS other_id,
  coalesce(r.voice_id, toString(r.position), '') AS sub_id
WHERE other_id > $ask.cursor[0] OR (other_id = $ask.cursor[0] AND sub_id > $ask.cursor[1])
WITH r, other, other_id, sub_id
ORDER BY other_id, sub_id
LIMIT $ask.limit
OPTIONAL MATCH (mentioned:Member {realm: $realm, member_id: coalesce(r.asked_by, r.answered_by)})
RETURN
  other_id,
  sub_id,
  labels(other)[0] AS label,
  coalesce(other.can_be_named, true) AS named,
  properties(r) AS stored,
  coalesce(r.asked_by, r.answered_by) AS mentioned,
  mentioned IS NOT NULL AND coalesce(mentioned.can_be_named, true) AS mentioned_named,
  CASE WHEN other:Outreach THEN properties(other) END AS outreach,
  head(COLLECT {
      MATCH (other)-[:ABOUT]->(o:Offering)
      RETURN o.offering_id AS id
      ORDER BY id
      LIMIT 1
    }) AS about
ORDER BY other_id, sub_id
LIMIT 1000
