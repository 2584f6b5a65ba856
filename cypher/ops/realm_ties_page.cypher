// The ties of the next members in the order of their ids, with all that strength is counted from.
// @kind ops   @owner platform   @timeout 5min   @max_rows 1000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 500}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
WITH m
ORDER BY m.member_id
LIMIT $limit
CALL (m) {
  OPTIONAL MATCH (m)-[k:KNOWS]->(v:Member)
  WITH k, v
  ORDER BY v.member_id
  RETURN [tie IN collect({to_id: v.member_id, stored: properties(k)}) WHERE tie.to_id IS NOT NULL] AS ties
}
RETURN m.member_id AS member_id, ties
ORDER BY member_id
LIMIT 1000
