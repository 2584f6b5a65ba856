// The next members of a realm in the order of their ids: how batch work walks through all of them.
// @kind ops   @owner platform   @timeout 30s   @max_rows 100000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 1000}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
RETURN m.member_id AS member_id
ORDER BY member_id
LIMIT $limit
