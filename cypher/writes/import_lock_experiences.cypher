// Which of some experiences are there, and how they stand; nobody else changes them until the transaction ends.
// @kind write   @owner platform   @timeout 5min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", member_ids: ["m1"], offering_ids: ["o1"]}
UNWIND range(0, size($member_ids) - 1) AS i
MATCH (m:Member {realm: $realm, member_id: $member_ids[i]})
MATCH (o:Offering {realm: $realm, offering_id: $offering_ids[i]})
MATCH (m)-[e:EXPERIENCED]->(o)
SET e.times = e.times // takes the lock, changes nothing
WITH i, e
RETURN i, properties(e) AS stored
ORDER BY i
LIMIT 50000
