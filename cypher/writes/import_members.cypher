// Make or update members from an import. What the graph has from a later event stays.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{id: "m1", properties: {name: "Ann"}}], as_of: null}
UNWIND $rows AS row
MERGE (m:Member {realm: $realm, member_id: row.id})
ON CREATE SET m += row.properties
ON MATCH SET m += CASE WHEN coalesce(m.updated_at <= $as_of, true) THEN row.properties ELSE {} END
RETURN count(m) AS written
