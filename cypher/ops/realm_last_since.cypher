// Move forward, never back, since when the youngest tie of a realm is known.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", at: 1760000000}
MERGE (r:Realm {realm: $realm})
SET r.last_since = CASE WHEN r.last_since >= $at THEN r.last_since ELSE $at END
RETURN r.last_since AS last_since
