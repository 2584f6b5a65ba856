// Write what an import changed of ties that are there.
// @kind write   @owner platform   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{from_id: "m1", to_id: "m2", properties: {strength: 2.5}}]}
UNWIND $rows AS row
MATCH (u:Member {realm: $realm, member_id: row.from_id})
MATCH (v:Member {realm: $realm, member_id: row.to_id})
MATCH (u)-[k:KNOWS]->(v)
SET k += row.properties
RETURN count(k) AS written
