// Write when members were last sent, asked and reached.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {rows: [["m1", {sent_at: [1760000000]}]]}}
UNWIND $ask.rows AS row
MATCH (m:Member {realm: $realm, member_id: row[0]})
SET m += row[1]
RETURN count(m) AS members
LIMIT 1
