// Which of some ties are there, and how they stand; nobody else changes them until the transaction ends.
// @kind write   @owner platform   @timeout 5min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", from_ids: ["m1"], to_ids: ["m2"]}
UNWIND range(0, size($from_ids) - 1) AS i
MATCH (u:Member {realm: $realm, member_id: $from_ids[i]})
MATCH (v:Member {realm: $realm, member_id: $to_ids[i]})
MATCH (u)-[k:KNOWS]->(v)
SET k.contacts = k.contacts // takes the lock, changes nothing
WITH i, k
RETURN i, properties(k) AS stored
ORDER BY i
LIMIT 50000
