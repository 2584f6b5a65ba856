// Who was erased, by keyed hash, in order.
// @kind ops   @owner platform   @timeout 30s   @max_rows 20000   @maturity stable
//   :params {realm: "demo", ask: {cursor: "", limit: 10000}}
MATCH (e:Erased {realm: $realm})
WHERE e.member_hash > $ask.cursor
RETURN e.member_hash AS member_hash
ORDER BY member_hash
LIMIT $ask.limit
