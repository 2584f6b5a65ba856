// The next outreaches that an erased member stands in.
// @kind question   @owner platform   @timeout 10s   @max_rows 1000   @maturity stable
//   :params {realm: "demo", ask: {left_id: "~~0f3a", batch: 200}}
MATCH (gone:Member {realm: $realm, member_id: $ask.left_id})<-[:HOP]-(o:Outreach)
WITH DISTINCT o
LIMIT $ask.batch
RETURN o.outreach_id AS outreach_id
ORDER BY outreach_id
LIMIT 1000
