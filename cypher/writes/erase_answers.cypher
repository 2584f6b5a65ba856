// Take a member's id from the next voices that the member answered. That they were answered stays.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {member_id: "m1", batch: 1000}}
MATCH (:Member)-[v:VOICED {realm: $realm, answered_by: $ask.member_id}]->(:Offering)
WITH v
LIMIT $ask.batch
SET v.answered_by = null
RETURN count(v) AS done
LIMIT 1
