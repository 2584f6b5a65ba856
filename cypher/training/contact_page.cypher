// When each member last contacted whom, one row a member: what the tie model learns from where nothing is offered.
// @kind training   @owner growth   @timeout 5min   @max_rows 2000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 200}
// `recent` of each tie are its last 64 contacts, oldest first; `cut` says that there were more before.
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
WITH m
ORDER BY m.member_id
LIMIT $limit
CALL (m) {
  MATCH (m)-[k:KNOWS]->(v:Member)
  WHERE k.recent IS NOT NULL
  WITH k, v
  ORDER BY v.member_id
  RETURN collect(v.member_id) AS to_ids, collect(k.recent) AS recent, collect(k.contacts > size(k.recent)) AS cut
}
RETURN m.member_id AS member_id, to_ids, recent, cut
ORDER BY member_id
LIMIT 2000
