// The six-degree walk: the best chains of at most six ties from a sender to members who may be reached.
// @kind source   @owner growth   @timeout 10s   @max_rows 20000   @maturity stable
//   :params {realm: "demo", width: 64, beam: 32, targets: 64, quotas: [8, 8, 8, 4, 2, 2], max_length: 6, min_degree: 1,
//     max_degree: 6, detractor_sentiment: -0.5,
//     anchors: [{sender_id: "m1", offering_id: null, as_of: 1760000000, avoid_ids: []}]}
UNWIND range(0, size($anchors) - 1) AS anchor_no
WITH anchor_no, $anchors[anchor_no] AS anchor
CALL (anchor) {
  MATCH (sender:Member {realm: $realm, member_id: anchor.sender_id})
  USING INDEX sender:Member(realm, member_id)
  OPTIONAL MATCH (realm:Realm {realm: $realm})
  USING INDEX realm:Realm(realm)
  OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: anchor.offering_id})
  USING INDEX offering:Offering(realm, offering_id)
  WITH sender, {offering: offering} AS about, anchor.as_of AS as_of, coalesce(anchor.avoid_ids, []) AS avoid_ids,
    coalesce(realm.half_life_days, 90.0) * 86400 AS half_life_s,
    coalesce(anchor.as_of < realm.last_event_at, true) AS past
  WITH sender, about, as_of, avoid_ids, half_life_s, past,
    [(sender)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS blocked
  WITH about, as_of, half_life_s, past, reduce(
      walk = {
        frontier: [{node: sender, score: 1.0, chain: [sender], pass_ons: []}], expanded: [], pool: [], targets: [],
        seen: [sender], reached: [], out: [], bar: 0.0, cut: 0.0
      },
      round IN range(1, $max_length)
      | head(COLLECT {
        WITH COLLECT {
            UNWIND range(0, size(walk.frontier) - 1) AS place
            WITH place, walk.frontier[place] AS f
            WITH place, f.node AS u, f.score AS reach, f.chain AS chain, walk.bar AS bar, walk.seen AS seen
            WITH place, u, reach, chain, bar, seen,
              [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS shut
            MATCH (u)-[c:CLOSE_TO]->(v)
            WITH place, v, chain, bar, seen, shut, c.pass_on AS pass_on, reach * c.pass_on AS score
            WHERE score > 0 AND (score > bar OR NOT v IN seen) AND NOT v IN chain AND NOT v IN shut
            RETURN [v, score, place, pass_on] AS way
            ORDER BY score DESC, place, v
            LIMIT $width + $targets + 1
          } AS ways
        WITH ways[..$width + $targets] AS ways, coalesce(ways[$width + $targets][1], 0.0) AS dropped
        WITH ways, dropped, COLLECT {
            UNWIND CASE WHEN past THEN ways ELSE [] END AS way
            WITH way, walk.frontier[way[2]].node AS u, way[0] AS v
            WHERE NOT EXISTS { (u)-[k:KNOWS]->(v) WHERE k.since > as_of }
            RETURN way
          } AS dated
        WITH dropped, CASE WHEN past THEN dated ELSE ways END AS ways
        WITH ways, dropped, COLLECT {
            UNWIND walk.pool + [
              w IN ways
              | {node: w[0], id: w[0].member_id, score: w[1], round: round,
                 chain: walk.frontier[w[2]].chain + [w[0]], pass_ons: walk.frontier[w[2]].pass_ons + [w[3]]}
            ] AS e
            RETURN e
            ORDER BY e.score DESC, size(e.chain), e.round, e.id
          } AS merged
        WITH ways, dropped, merged, COLLECT { UNWIND merged AS e RETURN DISTINCT e.node } AS nodes
        WITH ways, dropped, [
            e IN reduce(firsts = [], e IN merged | CASE WHEN e.node = nodes[size(firsts)] THEN firsts + [e] ELSE firsts END)
            | CASE WHEN e.degree IS NOT NULL THEN e ELSE {
              node: e.node, id: e.id, score: e.score, round: round, chain: e.chain, pass_ons: e.pass_ons,
              degree: CASE
                WHEN e.node IN walk.seen THEN head([d IN range(1, round - 1) WHERE e.node IN walk.reached[d - 1] | d])
                ELSE round
              END,
              introduces: coalesce(e.node.can_introduce, true) AND NOT e.id IN avoid_ids,
              reachable: coalesce(e.node.can_be_reached, true)
                AND (e.node.opted_out_at IS NULL OR (past AND e.node.opted_out_at > as_of))
                AND NOT e.node IN blocked
            } END
          ] AS found
        WITH ways, dropped, found, [e IN found WHERE e.introduces] AS introducers,
          [e IN found WHERE e.reachable AND NOT e.node IN walk.out AND $min_degree <= e.degree <= $max_degree] AS eligible
        WITH ways, dropped, found, introducers[..$width] AS known, [e IN introducers[$width..] WHERE e.round = round] AS below,
          eligible[..$targets + $targets / 2] AS best,
          [d IN range(1, round) | [e IN eligible[$targets + $targets / 2..] WHERE e.degree = d]] AS over
        WITH ways, dropped, found, known, below, [e IN below WHERE e.degree = round] AS beam, 
          reduce(kept = best, d IN range(0, round - 1) | kept + over[d][..$quotas[d]]) AS targets,
          [d IN range(0, round - 1) | over[d][$quotas[d]].score] AS cuts
        WITH ways, dropped, found, known, targets, cuts,
          CASE WHEN round = $max_length THEN [] ELSE [e IN known WHERE e.round = round] + beam[..$beam] END AS frontier,
          CASE WHEN round = $max_length THEN [] ELSE [dropped, beam[$beam].score, head([e IN below WHERE e.degree < round]).score] END AS bars
        WITH ways, dropped, found, known, targets, cuts, frontier, bars, COLLECT {
            UNWIND frontier AS e
            WITH e.node AS node, about.offering AS offering
            MATCH (node)-[x:EXPERIENCED]->(offering)
            RETURN [node, coalesce(x.first_at <= as_of, true), x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true)]
          } AS own
        WITH ways, dropped, found, cuts, bars, [x IN own WHERE x[2] | x[0]] AS detractors, [x IN own WHERE x[1] OR x[2] | x[0]] AS out, frontier, known, targets
        WITH ways, dropped, found, cuts, bars, out,
          [e IN frontier WHERE NOT e.node IN detractors] AS frontier,
          [e IN known WHERE NOT e.node IN detractors | e.node] AS known,
          [e IN targets WHERE NOT e.node IN out] AS targets
        WITH ways, dropped, found, cuts, bars, frontier, known, targets, out, [e IN targets | e.node] AS targeted
        RETURN {
          frontier: frontier,
          expanded: walk.expanded + walk.frontier,
          pool: [e IN found WHERE e.node IN known OR e.node IN targeted],
          targets: targets,
          out: walk.out + out,
          seen: walk.seen + [w IN ways | w[0]],
          reached: walk.reached + [[w IN ways | w[0]]],
          bar: reduce(bar = walk.bar, s IN bars | CASE WHEN s > bar THEN s ELSE bar END),
          cut: reduce(cut = walk.cut, s IN cuts + [dropped] | CASE WHEN s > cut THEN s ELSE cut END)
        }
      })
    ) AS walk
  // Each degree's share first, then the best of the rest
  WITH as_of, half_life_s, walk, [f IN walk.expanded | f.node] AS checked, about
  WITH as_of, half_life_s, walk, COLLECT {
      UNWIND walk.targets AS e
      WITH e.node AS node, about.offering AS offering, e.node IN checked AS done
      WHERE NOT done
      MATCH (node)-[x:EXPERIENCED]->(offering)
      WHERE coalesce(x.first_at <= as_of, true) OR (x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true))
      RETURN node
    } AS out
  WITH as_of, half_life_s, walk, COLLECT {
      UNWIND walk.targets AS e
      WITH e
      WHERE NOT e.node IN out
      RETURN e
      ORDER BY e.score DESC, size(e.chain), e.id
    } AS eligible
  WITH as_of, half_life_s, walk, eligible,
    reduce(nodes = [], d IN range(1, 6) | nodes + [e IN eligible WHERE e.degree = d | e.node][..$quotas[d - 1]]) AS reserved
  WITH as_of, half_life_s, walk, [e IN eligible WHERE e.node IN reserved] AS reserved, [e IN eligible WHERE NOT e.node IN reserved] AS rest
  WITH half_life_s, as_of, walk, reserved + rest[..$targets - size(reserved)] AS chosen,
    rest[$targets - size(reserved)].score AS left_out
  WITH walk, left_out, chosen, [x IN chosen | x] AS zz, COLLECT {
    UNWIND chosen AS e
    WITH e, COLLECT {
        UNWIND range(0, size(e.chain) - 2) AS i
        WITH i, e.chain[i] AS u, e.chain[i + 1] AS v
        MATCH (u)-[k:KNOWS]->(v)
        WHERE coalesce(k.since <= as_of, true)
        RETURN CASE
            WHEN k.last_at <= as_of THEN k.strength * 0.5 ^ ((as_of - k.last_at) / half_life_s)
            WHEN k.last_at IS NULL THEN k.strength
          END AS strength
        ORDER BY i
      } AS strengths
    RETURN {e: e, strengths: strengths}
  } AS checked
  WITH walk, [x IN checked WHERE size(x.strengths) = size(x.e.pass_ons)] AS kept,
    reduce(
      most = walk.cut, s IN [left_out, walk.bar] + [x IN checked WHERE size(x.strengths) <> size(x.e.pass_ons) | x.e.score]
      | CASE WHEN s > most THEN s ELSE most END
    ) AS complete_above
  CALL (walk, complete_above) {
    UNWIND walk.expanded AS f
    WITH f.node AS u, f.score AS score, complete_above
    WHERE score > complete_above AND COUNT { (u)-[:KNOWS]->() } > COUNT { (u)-[:CLOSE_TO]->() }
    OPTIONAL MATCH (u)-[c:CLOSE_TO]->()
    WITH u, score, coalesce(min(c.pass_on), 1.0) AS least
    RETURN max(score * least) AS unlisted
  }
  UNWIND CASE WHEN kept = [] THEN [null] ELSE kept END AS x
  WITH complete_above, CASE WHEN unlisted > complete_above THEN unlisted ELSE complete_above END AS complete_above_all_ties,
    x.e AS e, [m IN x.e.chain | m.member_id] AS member_ids, x.strengths AS strengths
  RETURN complete_above, complete_above_all_ties,
    collect({
      target_id: e.id, member_ids: member_ids, pass_ons: e.pass_ons, strengths: strengths,
      score: e.score, length: size(e.chain), degree: e.degree
    }) AS rows
}
UNWIND rows AS x
RETURN anchor_no, x.target_id AS target_id, x.member_ids AS member_ids, x.pass_ons AS pass_ons,
  x.strengths AS strengths, x.score AS score, x.degree AS degree, complete_above, complete_above_all_ties
ORDER BY anchor_no, score DESC, x.length, target_id
LIMIT 20000
