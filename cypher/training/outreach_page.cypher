// What was sent and what came of it, one row an outreach, with whom was asked on the way: what models learn from first.
// @kind training   @owner growth   @timeout 5min   @max_rows 2000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 500}
// `hops`: [member_id, asked_by, asked_at, answered_at, state] in the order of positions, of attempts that were made.
MATCH (o:Outreach {realm: $realm})
WHERE o.outreach_id > $cursor
WITH o
ORDER BY o.outreach_id
LIMIT $limit
CALL (o) {
  MATCH (o)-[h:HOP]->(m:Member)
  WITH h, m
  ORDER BY h.position, h.asked_at, m.member_id
  LIMIT 64
  RETURN collect([h.position, m.member_id, h.asked_by, h.asked_at, h.answered_at, h.state, h.is_target]) AS hops
}
CALL (o) {
  OPTIONAL MATCH (o)-[:ABOUT]->(f:Offering)
  RETURN min(f.offering_id) AS offering_id
}
RETURN o.outreach_id AS outreach_id, o.at AS at, offering_id, hops,
  o.outcome AS outcome, o.outcome_at AS outcome_at, o.attribution_token AS attribution_token
ORDER BY outreach_id
LIMIT 2000
