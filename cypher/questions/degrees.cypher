// How many ties away members are from one member, over all ties.
// @kind question   @owner platform   @timeout 60s   @max_rows 500   @maturity stable
//   :params {realm: "demo", ask: {member_id: "m1", target_ids: ["m2", "m3"], rounds: 5, ring_members: 1500,
//     ring_ties: 50000, steps: 6, step_ties: 1000, hub_ties: 1000}}
//
// How. Forward from the member ring by ring (distinct members, none twice), `rounds` of them, five at most, while a ring is
// small: `ring_members` at most with at most `ring_ties` ties to follow. One that is larger stays as it is, for its many
// ties are easily met from the other end: backward from each target that is in no ring, step by step, `steps` of them, until
// a step meets the last ring. Most do after a few dozen ties.
//
// Why it is exact. Every ring before the last was followed by all its ties, so ring i holds who is exactly i ties away,
// and whoever is further away than the last ring, f, is reached through it only. So a target that is in no ring is f + j
// ties away where j is the first step that meets ring f; and when the first j steps were whole and met nothing, it is at
// least f + j + 1 away. A step is not whole, nor any after it, when it left out a member with more than `hub_ties` incoming
// ties (it was met itself, only what lies behind it is not looked at) or had more than `step_ties` ties to follow. What such
// a step meets is a path all the same, so f + j is then the most it can be.
// So a member with 100,000 ties costs what anyone costs: as the start it is the last ring by itself, in between it stands
// in the last ring or is left out of a step, as a target it is left out of its first step.
//
// One row a target, in their order: whether start and target are there; `found`, the length of the path found, null when
// none was; `at_least`, what the degree is at least, 7 when there is no path of six ties; `stopped_by`, why a step was not
// whole, hub or width. `found` is exact when it is no more than `at_least`.
// A ring is made by aggregation, which cannot stand in a loop, so each round is the same text but for its number. Rings
// stay inside one subquery, since sorting would charge them to memory with each row.
CALL () {
  OPTIONAL MATCH (start:Member {realm: $realm, member_id: $ask.member_id})
  USING INDEX start:Member(realm, member_id)
  WITH start IS NOT NULL AS start_known, CASE WHEN start IS NULL THEN [] ELSE [start] END AS ring0
  WITH start_known, ring0, ring0 AS known, false AS stays

  // Ring 1
  CALL (ring0, known, stays) {
    UNWIND CASE WHEN size(ring0) <= $ask.ring_members THEN ring0 ELSE [] END AS u
    WITH sum(COUNT { (u)-[:KNOWS]->() }) AS ties
    WITH stays OR $ask.rounds < 1 OR size(ring0) > $ask.ring_members OR ties > $ask.ring_ties AS last
    CALL (ring0, known, last) {
      UNWIND CASE WHEN last THEN [] ELSE ring0 END AS u
      MATCH (u)-[:KNOWS]->(v)
      WHERE NOT v IN known
      RETURN collect(DISTINCT v) AS ring1
    }
    RETURN ring1, last
  }
  WITH start_known, ring0, ring1, known + ring1 AS known, last AS stays

  // Ring 2
  CALL (ring1, known, stays) {
    UNWIND CASE WHEN size(ring1) <= $ask.ring_members THEN ring1 ELSE [] END AS u
    WITH sum(COUNT { (u)-[:KNOWS]->() }) AS ties
    WITH stays OR $ask.rounds < 2 OR size(ring1) > $ask.ring_members OR ties > $ask.ring_ties AS last
    CALL (ring1, known, last) {
      UNWIND CASE WHEN last THEN [] ELSE ring1 END AS u
      MATCH (u)-[:KNOWS]->(v)
      WHERE NOT v IN known
      RETURN collect(DISTINCT v) AS ring2
    }
    RETURN ring2, last
  }
  WITH start_known, ring0, ring1, ring2, known + ring2 AS known, last AS stays

  // Ring 3
  CALL (ring2, known, stays) {
    UNWIND CASE WHEN size(ring2) <= $ask.ring_members THEN ring2 ELSE [] END AS u
    WITH sum(COUNT { (u)-[:KNOWS]->() }) AS ties
    WITH stays OR $ask.rounds < 3 OR size(ring2) > $ask.ring_members OR ties > $ask.ring_ties AS last
    CALL (ring2, known, last) {
      UNWIND CASE WHEN last THEN [] ELSE ring2 END AS u
      MATCH (u)-[:KNOWS]->(v)
      WHERE NOT v IN known
      RETURN collect(DISTINCT v) AS ring3
    }
    RETURN ring3, last
  }
  WITH start_known, ring0, ring1, ring2, ring3, known + ring3 AS known, last AS stays

  // Ring 4
  CALL (ring3, known, stays) {
    UNWIND CASE WHEN size(ring3) <= $ask.ring_members THEN ring3 ELSE [] END AS u
    WITH sum(COUNT { (u)-[:KNOWS]->() }) AS ties
    WITH stays OR $ask.rounds < 4 OR size(ring3) > $ask.ring_members OR ties > $ask.ring_ties AS last
    CALL (ring3, known, last) {
      UNWIND CASE WHEN last THEN [] ELSE ring3 END AS u
      MATCH (u)-[:KNOWS]->(v)
      WHERE NOT v IN known
      RETURN collect(DISTINCT v) AS ring4
    }
    RETURN ring4, last
  }
  WITH start_known, ring0, ring1, ring2, ring3, ring4, known + ring4 AS known, last AS stays

  // Ring 5
  CALL (ring4, known, stays) {
    UNWIND CASE WHEN size(ring4) <= $ask.ring_members THEN ring4 ELSE [] END AS u
    WITH sum(COUNT { (u)-[:KNOWS]->() }) AS ties
    WITH stays OR $ask.rounds < 5 OR size(ring4) > $ask.ring_members OR ties > $ask.ring_ties AS last
    CALL (ring4, known, last) {
      UNWIND CASE WHEN last THEN [] ELSE ring4 END AS u
      MATCH (u)-[:KNOWS]->(v)
      WHERE NOT v IN known
      RETURN collect(DISTINCT v) AS ring5
    }
    RETURN ring5, last
  }
  WITH start_known, ring0, ring1, ring2, ring3, ring4, ring5, known + ring5 AS known, last AS stays

  // Backward to the last ring. One that led to nobody is no end to meet: then there is no path to who is in no ring.
  WITH start_known, stays OR ring5 <> [] AS open,
    [ring IN [ring0, ring1, ring2, ring3, ring4, ring5] WHERE ring <> []] AS rings
  WITH start_known, open, rings, size(rings) - 1 AS far, rings[-1] AS last
  WITH start_known, open, rings, far, last,
    CASE WHEN NOT open THEN 0 WHEN $ask.steps < 6 - far THEN $ask.steps ELSE 6 - far END AS steps
  UNWIND range(0, size($ask.target_ids) - 1) AS place
  OPTIONAL MATCH (target:Member {realm: $realm, member_id: $ask.target_ids[place]})
  USING INDEX target:Member(realm, member_id)
  WITH start_known, open, far, last, steps, place, target, [i IN range(0, far) WHERE target IN rings[i]][0] AS level
  WITH start_known, open, far, place, target, level, reduce(
      walk = {front: CASE WHEN level IS NULL THEN [target] ELSE [] END, whole: 0, stopped_by: ''},
      step IN CASE WHEN target IS NULL OR level IS NOT NULL THEN [] ELSE range(1, steps) END
      | head(COLLECT {
        WITH walk, last, step, steps, COLLECT {
            UNWIND walk.front AS x
            RETURN [x, COUNT { (x)<-[:KNOWS]-() }]
          } AS counted
        WITH walk, last, step, steps, counted, [c IN counted WHERE c[1] <= $ask.hub_ties] AS small
        WITH walk, last, step, steps, [c IN small | c[0]] AS front, size(small) < size(counted) AS hub,
          reduce(ties = 0, c IN small | ties + c[1]) > $ask.step_ties AS width
        WITH walk, step, steps, front, hub, width, COLLECT {
            UNWIND front AS x
            MATCH (x)<-[:KNOWS]-(y)
            WITH y, last
            LIMIT $ask.step_ties
            WHERE y IN last
            RETURN true
            LIMIT 1
          } = [true] AS met
        WITH walk, step, hub, width, met, COLLECT {
            UNWIND CASE WHEN met OR step = steps THEN [] ELSE front END AS x
            MATCH (x)<-[:KNOWS]-(y)
            RETURN y
            LIMIT $ask.step_ties
          } AS next
        RETURN {
          front: next,
          found: CASE WHEN walk.found IS NULL AND met THEN step ELSE walk.found END,
          whole: walk.whole
            + CASE WHEN walk.whole < step - 1 OR walk.found > 0 OR met OR hub OR width THEN 0 ELSE 1 END,
          stopped_by: CASE
            WHEN walk.stopped_by <> '' THEN walk.stopped_by
            WHEN hub THEN 'hub'
            WHEN width THEN 'width'
            ELSE ''
          END
        }
      })
    ) AS walk
  RETURN collect({
      place: place,
      start_known: start_known,
      known: target IS NOT NULL,
      found: coalesce(level, far + walk.found),
      at_least: CASE WHEN open THEN far + walk.whole + 1 ELSE 7 END,
      stopped_by: walk.stopped_by
    }) AS degrees
}
UNWIND degrees AS d
WITH d
ORDER BY d.place
LIMIT 500
RETURN
  $ask.target_ids[d.place] AS member_id,
  d.start_known AS start_known,
  d.known AS known,
  d.found AS found,
  d.at_least AS at_least,
  d.stopped_by AS stopped_by
ORDER BY d.place
