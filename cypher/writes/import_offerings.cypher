// Make or update offerings from an import, each offered by at most one enterprise.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{id: "o1", properties: {kind: "product"}, enterprise_id: null}], as_of: null}
UNWIND $rows AS row
MERGE (o:Offering {realm: $realm, offering_id: row.id})
WITH o, row
WHERE coalesce(o.updated_at <= $as_of, true)
SET o += row.properties
WITH o, row
CALL (o, row) {
  MATCH (e:Enterprise {realm: $realm, enterprise_id: row.enterprise_id})
  MERGE (o)-[:OFFERED_BY]->(e)
  WITH o, e
  MATCH (o)-[before:OFFERED_BY]->(other:Enterprise)
  WHERE other <> e
  DELETE before
}
RETURN count(o) AS written
