// Write what an import changed of experiences that are there.
// @kind write   @owner platform   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{member_id: "m1", offering_id: "o1", properties: {times: 2}}]}
UNWIND $rows AS row
MATCH (m:Member {realm: $realm, member_id: row.member_id})
MATCH (o:Offering {realm: $realm, offering_id: row.offering_id})
MATCH (m)-[e:EXPERIENCED]->(o)
SET e += row.properties
RETURN count(e) AS written
