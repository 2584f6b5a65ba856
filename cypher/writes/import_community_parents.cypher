// Put communities of an import below their parents, each below one.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{id: "c2", parent_id: "c1"}]}
UNWIND $rows AS row
MATCH (c:Community {realm: $realm, community_id: row.id})
MATCH (p:Community {realm: $realm, community_id: row.parent_id})
MERGE (c)-[:PART_OF]->(p)
WITH c, p
CALL (c, p) {
  MATCH (c)-[before:PART_OF]->(other:Community)
  WHERE other <> p
  DELETE before
}
RETURN count(c) AS written
