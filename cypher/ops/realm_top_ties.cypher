// Note how many contacts only the best connected hundredth of a realm's members exceed.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", top_ties: 150}
MERGE (r:Realm {realm: $realm})
SET r.top_ties = $top_ties
RETURN r.top_ties AS top_ties
