// The next members to whom something leads from what is left of an erased one, or from whom something leads there.
// @kind question   @owner platform   @timeout 10s   @max_rows 1000   @maturity stable
//   :params {realm: "demo", ask: {left_id: "~~0f3a", batch: 500}}
MATCH (gone:Member {realm: $realm, member_id: $ask.left_id})-[:KNOWS|KNEW|CLOSE_TO|CLOSE_FROM|BLOCKS|UNBLOCKED]-(o:Member)
WITH DISTINCT o
LIMIT $ask.batch
RETURN o.member_id AS member_id
ORDER BY member_id
LIMIT 1000
