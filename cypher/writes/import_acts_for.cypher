// Make or update for whom a member acts, from an import.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{member_id: "m1", enterprise_id: "e1", properties: {role: "buyer"}}]}
UNWIND $rows AS row
MATCH (m:Member {realm: $realm, member_id: row.member_id})
MATCH (e:Enterprise {realm: $realm, enterprise_id: row.enterprise_id})
MERGE (m)-[a:ACTS_FOR]->(e)
SET a += row.properties
RETURN count(a) AS written
