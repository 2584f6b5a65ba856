// The best chains from members whose own chain is known to targets proposed: at most two rounds backward from each target.
// @kind question   @owner growth   @timeout 60s   @max_rows 1000   @maturity stable
//   :params {realm: "demo", ask: {offering_id: "o7", as_of: 1760000000, avoid_ids: [], detractor_sentiment: -0.5,
//     most_asked: 64, asked_within_s: 604800, second: 4, target_ids: ["m9"],
//     joints: [{member_id: "m1", score: 1.0, room: 6, sends: true}]}}
//
// A joint is the sender, or who may introduce and stands at the end of a known chain; `room` is how many ties may follow.
// Who is met one tie before the target joins at once; where nobody is, the `second` who best reach the target are asked
// for who best reaches them. Who stands between joint and target may introduce; no hop joins two who block each other.
// At most three ways a target, the best first; nothing is claimed of what is not found.
UNWIND $ask.joints AS j
MATCH (joint:Member {realm: $realm, member_id: j.member_id})
USING INDEX joint:Member(realm, member_id)
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
  ORDER BY joins DESC, last DESC, x
  RETURN collect([x, last, joins]) AS before
}
WITH joints, known, offering, target, before, [b IN before WHERE b[2]] AS met
CALL (joints, offering, target, before, met) {
  UNWIND [b IN met | [b[0], [], [b[1]]]] AS way
  RETURN way
  UNION ALL
  WITH joints, offering, target, before, met
  UNWIND CASE WHEN met = [] THEN before[..$ask.second] ELSE [] END AS b
  WITH joints, offering, target, b[0] AS x, b[1] AS last
  WHERE coalesce(x.can_introduce, true)
    AND NOT x.member_id IN $ask.avoid_ids
    AND coalesce(size([at IN x.asked_at WHERE $ask.as_of - $ask.asked_within_s < at <= $ask.as_of]) < $ask.most_asked, true)
    AND NOT EXISTS {
      (x)-[d:EXPERIENCED]->(offering)
      WHERE d.sentiment <= $ask.detractor_sentiment
    }
  MATCH (x)-[c:CLOSE_FROM]->(y:Member)
  WHERE y IN joints AND y <> target AND c.pass_on > 0
  RETURN [y, [x], [c.pass_on, last]] AS way
}
WITH known, joints, offering, target, way, way[0] AS near,
  head([i IN range(0, size(joints) - 1) WHERE joints[i] = way[0] | known[i]]) AS joint
WHERE joint.room >= size(way[2])
  AND NOT EXISTS { (target)-[:BLOCKS]-(m:Member) WHERE m = near OR m IN way[1] }
  AND NOT EXISTS { (near)-[:BLOCKS]-(m:Member) WHERE m IN way[1] }
  AND (joint.sends OR NOT EXISTS { (near)-[e:EXPERIENCED]->(offering) WHERE e.sentiment <= $ask.detractor_sentiment })
WITH target, joint, way, reduce(score = joint.score, p IN way[2] | score * p) AS score
ORDER BY score DESC, size(way[2]), joint.member_id
WITH target, collect([joint.member_id, [x IN way[1] | x.member_id], way[2]])[..3] AS ways
RETURN target.member_id AS target_id, ways
ORDER BY target_id
LIMIT 1000
