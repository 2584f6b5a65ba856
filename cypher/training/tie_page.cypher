// Whom each member can contact, one row a member: the ties that the tie model scores.
// @kind training   @owner growth   @timeout 5min   @max_rows 2000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 200}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
WITH m
ORDER BY m.member_id
LIMIT $limit
CALL (m) {
  OPTIONAL MATCH (m)-[k:KNOWS]->(v:Member)
  WITH k, v
  ORDER BY v.member_id
  RETURN collect(v.member_id) AS to_ids, collect(coalesce(k.scored_pass_on, -1.0)) AS scored
}
RETURN m.member_id AS member_id, to_ids, scored
ORDER BY member_id
LIMIT 2000
