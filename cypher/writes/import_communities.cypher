// Make or update communities from an import. Their parents follow once all of them are there.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{id: "c1", properties: {name: "Jazz"}}], as_of: null}
UNWIND $rows AS row
MERGE (c:Community {realm: $realm, community_id: row.id})
WITH c, row
WHERE coalesce(c.updated_at <= $as_of, true)
SET c += row.properties
RETURN count(c) AS written
