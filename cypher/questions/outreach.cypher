// An outreach and its hops in order, the sender first, the target last.
// @kind question   @owner platform   @timeout 2s   @max_rows 500   @maturity stable
//   :params {realm: "demo", ask: {outreach_id: "r1"}}
//
// One row a hop; one row without a hop when there is none; no row when there is no such outreach, or
// its sender or target was erased. Who was not asked yet
// stands behind who was asked at the same position.
MATCH (outreach:Outreach {realm: $realm, outreach_id: $ask.outreach_id})
USING INDEX outreach:Outreach(realm, outreach_id)
WHERE outreach.last_position IS NULL
OPTIONAL MATCH (outreach)-[:ABOUT]->(offering:Offering)
WITH outreach, min(offering.offering_id) AS offering_id
OPTIONAL MATCH (outreach)-[hop:HOP]->(member:Member)
RETURN
  outreach.outcome AS outcome,
  coalesce(offering_id, '') AS offering_id,
  hop.position AS position,
  member.member_id AS member_id,
  coalesce(member.can_be_named, true) AS can_be_named,
  hop.asked_by AS asked_by,
  hop.asked_at AS asked_at,
  hop.answered_at AS answered_at,
  coalesce(hop.state, '') AS state
ORDER BY position, coalesce(asked_at, 9223372036854775807), member_id
LIMIT 500
