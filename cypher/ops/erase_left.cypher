// What is left of members who were hidden to be erased: of one of them, or of all.
// @kind ops   @owner platform   @timeout 30s   @max_rows 1000   @maturity stable
//   :params {realm: "demo", ask: {prefix: "~~"}}
MATCH (m:Member {realm: $realm})
WHERE m.member_id STARTS WITH $ask.prefix
WITH m
ORDER BY m.member_id
LIMIT 1000
RETURN m.member_id AS left_id, COUNT { (m)--() } AS relationships
ORDER BY left_id
LIMIT 1000
