// Make or update enterprises from an import, each in at most one alliance.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{id: "e1", properties: {name: "Acme"}, alliance_id: "a1"}], as_of: null}
UNWIND $rows AS row
MERGE (e:Enterprise {realm: $realm, enterprise_id: row.id})
WITH e, row
WHERE coalesce(e.updated_at <= $as_of, true)
SET e += row.properties
WITH e, row
CALL (e, row) {
  WITH e, row
  WHERE row.alliance_id IS NOT NULL
  MERGE (a:Alliance {realm: $realm, alliance_id: row.alliance_id})
  MERGE (e)-[:ALLIED_IN]->(a)
  WITH e, a
  MATCH (e)-[before:ALLIED_IN]->(other:Alliance)
  WHERE other <> a
  DELETE before
}
RETURN count(e) AS written
