// Note which import is under way in a realm; null when it is through.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", importing: "3f…"}
MERGE (r:Realm {realm: $realm})
SET r.importing = $importing
RETURN r.realm AS realm
