// The best chains from members whose own chain is known to targets proposed: at most two rounds backward from each target.
// @kind question   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {offering_id: "o7", as_of: 1760000000, avoid_ids: [], detractor_sentiment: -0.5,
//     experienced_introducers: false, most_asked: 64, asked_within_s: 604800, second: 4, target_ids: ["m9"],
//     seen_by: null, seen_consent: null, joints: [{member_id: "m1", score: 1.0, room: 6, sends: true}]}}
//
// A joint is the sender, or who stands at the end of a known chain; `room` is how many ties may follow. Who is met one tie
// before the target joins at once; where nobody there may, the `second` others who best reach the target are asked for
// who best reaches them. Rules as in six_degree_walk: joints other than the sender, and who stands between joint and
// target, may introduce; the first contact may be named
// (and is of the slice that the answer is for, `seen_by` as in slice.cypher); no hop joins two who block each other.
// One row: `found` are [target_id, ways], at most three ways a target, the best first. Nothing is claimed of what is not found.
UNWIND $ask.joints AS j
MATCH (joint:Member {realm: $realm, member_id: j.member_id})
USING INDEX joint:Member(realm, member_id)
WHERE j.room > 0
  AND (
    j.sends
    OR (
      coalesce(joint.can_introduce, true)
      AND NOT j.member_id IN $ask.avoid_ids
      AND coalesce(size([at IN joint.asked_at WHERE $ask.as_of - $ask.asked_within_s < at <= $ask.as_of]) < $ask.most_asked, true)
    )
  )
WITH collect(joint) AS joints, collect(j) AS known
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
USING INDEX offering:Offering(realm, offering_id)
UNWIND $ask.target_ids AS target_id
MATCH (target:Member {realm: $realm, member_id: target_id})
USING INDEX target:Member(realm, member_id)
CALL (target, joints) {
  MATCH (target)-[c:CLOSE_FROM]->(x:Member)
  WHERE c.pass_on > 0
  WITH x, c.pass_on AS last, x IN joints AS joins
  ORDER BY last DESC, x
  RETURN collect([x, last, joins]) AS before
}
CALL (joints, known, offering, target, before) {
  UNWIND [b IN before WHERE b[2]] AS b
  WITH joints, known, offering, target, b[0] AS x, b[1] AS last
  WITH offering, target, x, last, head([i IN range(0, size(joints) - 1) WHERE joints[i] = x | known[i]]) AS joint
  WHERE NOT EXISTS { (target)-[:BLOCKS]-(m:Member) WHERE m = x }
    AND (
      joint.sends
      OR (
        NOT EXISTS { (x)-[d:EXPERIENCED]->(offering) WHERE d.sentiment <= $ask.detractor_sentiment }
        AND (
          NOT $ask.experienced_introducers
          OR EXISTS { (x)-[g:EXPERIENCED]->(offering) WHERE g.first_at <= $ask.as_of AND coalesce(g.sentiment >= 0, true) }
        )
      )
    )
  RETURN collect([joint, [], [last]]) AS met
}
CALL (joints, known, offering, target, before, met) {
  UNWIND met AS way
  RETURN way
  UNION ALL
  WITH joints, known, offering, target, before, met
  UNWIND CASE WHEN met = [] THEN [b IN before WHERE NOT b[2]][..$ask.second] ELSE [] END AS b
  WITH joints, known, offering, target, b[0] AS x, b[1] AS last
  WHERE coalesce(x.can_introduce, true)
    AND NOT x.member_id IN $ask.avoid_ids
    AND coalesce(size([at IN x.asked_at WHERE $ask.as_of - $ask.asked_within_s < at <= $ask.as_of]) < $ask.most_asked, true)
    AND NOT EXISTS { (target)-[:BLOCKS]-(m:Member) WHERE m = x }
    AND NOT EXISTS { (x)-[d:EXPERIENCED]->(offering) WHERE d.sentiment <= $ask.detractor_sentiment }
    AND (
      NOT $ask.experienced_introducers
      OR EXISTS { (x)-[g:EXPERIENCED]->(offering) WHERE g.first_at <= $ask.as_of AND coalesce(g.sentiment >= 0, true) }
    )
  MATCH (x)-[c:CLOSE_FROM]->(y:Member)
  WHERE y IN joints AND y <> target AND c.pass_on > 0
  WITH offering, x, last, y, c.pass_on AS near,
    head([i IN range(0, size(joints) - 1) WHERE joints[i] = y | known[i]]) AS joint
  WHERE joint.room > 1
    AND NOT EXISTS { (x)-[:BLOCKS]-(m:Member) WHERE m = y }
    AND (NOT joint.sends OR (coalesce(x.can_be_named, true) AND (
      $ask.seen_by IS NULL
      OR ($ask.seen_consent IS NOT NULL AND coalesce(x.alliance_consent, $ask.seen_consent))
      OR EXISTS {
        MATCH (x)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: $ask.seen_by})
        WHERE coalesce(customer.since <= $ask.as_of, true) AND coalesce(customer.until > $ask.as_of, true)
      }
    )))
    AND (
      joint.sends
      OR (
        NOT EXISTS { (y)-[d:EXPERIENCED]->(offering) WHERE d.sentiment <= $ask.detractor_sentiment }
        AND (
          NOT $ask.experienced_introducers
          OR EXISTS { (y)-[g:EXPERIENCED]->(offering) WHERE g.first_at <= $ask.as_of AND coalesce(g.sentiment >= 0, true) }
        )
      )
    )
  RETURN [joint, [x.member_id], [near, last]] AS way
}
WITH target, way[0] AS joint, way[1] AS via_ids, way[2] AS pass_ons
WITH target, joint, via_ids, pass_ons, reduce(score = joint.score, p IN pass_ons | score * p) AS score
ORDER BY score DESC, size(pass_ons), joint.member_id, via_ids[0]
WITH target.member_id AS target_id, collect([joint.member_id, via_ids, pass_ons])[..3] AS ways
ORDER BY target_id
RETURN collect([target_id, ways]) AS found
LIMIT 1
