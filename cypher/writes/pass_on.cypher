// Write what the tie model says of some ties, with the strength it was said at.
// @kind write   @owner growth   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{from_id: "m1", to_id: "m2", pass_on: 0.04}], scored_at: 1760000000}
UNWIND $rows AS row
MATCH (u:Member {realm: $realm, member_id: row.from_id})
MATCH (v:Member {realm: $realm, member_id: row.to_id})
MATCH (u)-[k:KNOWS]->(v)
SET k.pass_on = row.pass_on, k.scored_pass_on = row.pass_on, k.scored_strength = k.strength, k.scored_at = $scored_at
RETURN count(k) AS ties
