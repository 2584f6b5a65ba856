// Make or update whose customer a member is, from an import.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{member_id: "m1", enterprise_id: "e1", properties: {stage: "loyal"}}]}
UNWIND $rows AS row
MATCH (m:Member {realm: $realm, member_id: row.member_id})
MATCH (e:Enterprise {realm: $realm, enterprise_id: row.enterprise_id})
MERGE (m)-[c:CUSTOMER_OF]->(e)
SET c += row.properties
RETURN count(c) AS written
