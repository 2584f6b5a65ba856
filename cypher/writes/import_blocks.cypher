// Note who blocks whom, from an import; of two times the later holds.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{from_id: "m1", to_id: "m2", properties: {at: 1760000000}}]}
UNWIND $rows AS row
MATCH (u:Member {realm: $realm, member_id: row.from_id})
MATCH (v:Member {realm: $realm, member_id: row.to_id})
MERGE (u)-[b:BLOCKS]->(v)
SET b.at = CASE WHEN b.at >= row.properties.at THEN b.at ELSE coalesce(row.properties.at, b.at) END
RETURN count(b) AS written
