// How many contacts each of the next members has, in the order of their ids; `cursor` is the last of them.
// @kind ops   @owner platform   @timeout 1min   @max_rows 1   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 10000}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
WITH m
ORDER BY m.member_id
LIMIT $limit
WITH max(m.member_id) AS cursor, collect(COUNT { (m)-[:KNOWS]->() }) AS contacts
WHERE cursor IS NOT NULL
RETURN cursor, contacts
LIMIT 1
