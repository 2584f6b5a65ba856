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
  WITH sender, offering, anchor.as_of AS as_of, coalesce(anchor.avoid_ids, []) AS avoid_ids,
    coalesce(realm.half_life_days, 90.0) * 86400 AS half_life_s,
    coalesce(anchor.as_of < realm.last_event_at, false) AS past,
    COUNT { (offering)<-[:EXPERIENCED]-() } <= 256 AS few
  WITH sender, offering, as_of, avoid_ids, half_life_s, past, few,
    CASE WHEN few THEN [(offering)<-[x:EXPERIENCED]-(m) WHERE coalesce(x.first_at <= as_of, true) | m] END AS had,
    CASE WHEN few THEN
        [(offering)<-[x:EXPERIENCED]-(m)
          WHERE x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true) | m] END AS detractors,
     [(sender)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS blocked
  WITH sender, as_of, avoid_ids, half_life_s, past, few, had, detractors, blocked, {offering: offering} AS about
  WITH as_of, half_life_s, reduce(
      walk = {
        frontier: [{node: sender, score: 1.0, chain: [sender], pass_ons: []}], known: [], targets: [],
        seen: [sender], reached: [], expanded: [], bar: 0.0, cut: 0.0
      },
      round IN range(1, $max_length)
      | head(COLLECT {
        WITH COLLECT {
            UNWIND range(0, size(walk.frontier) - 1) AS place
            WITH place, walk.frontier[place] AS f
            WITH place, f.node AS u, f.score AS reach, size(f.chain) AS length
            WITH place, u, reach, length,
              [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS shut
            MATCH (u)-[c:CLOSE_TO]->(v)
            WITH place, u, length, shut, v, c.pass_on AS pass_on, reach * c.pass_on AS score
            WHERE score > 0
              AND NOT v IN shut
              AND (NOT past OR NOT EXISTS { (u)-[k:KNOWS]->(v) WHERE k.since > as_of })
            WITH v, v.member_id AS id, score, length, place, pass_on
            RETURN [v, id, score, place, pass_on] AS way
            ORDER BY score DESC, length, id, place
          } AS ways, 2 * ($width + $targets) AS most
        WITH ways, most, [
            w IN ways
            WHERE (w[2] > walk.bar OR NOT w[0] IN walk.seen) AND NOT w[0] IN walk.frontier[w[3]].chain
          ] AS news
        WITH ways, news[most][2] AS dropped, COLLECT {
            UNWIND walk.known + walk.targets + [
              w IN news[..most]
              | {node: w[0], id: w[1], score: w[2], round: round,
                 chain: walk.frontier[w[3]].chain + [w[0]], pass_ons: walk.frontier[w[3]].pass_ons + [w[4]]}
            ] AS e
            RETURN e
            ORDER BY e.score DESC, size(e.chain), e.id, e.round
          } AS merged
        WITH ways, dropped, merged, COLLECT { UNWIND merged AS e RETURN DISTINCT e.node } AS nodes
        WITH ways, dropped, COLLECT {
            UNWIND reduce(firsts = [], e IN merged | CASE WHEN e.node = nodes[size(firsts)] THEN firsts + [e] ELSE firsts END) AS e
            WITH e, e.node AS node, about.offering AS offering
            WITH e, node, e.degree IS NOT NULL AS old, offering, CASE WHEN few OR e.degree IS NOT NULL THEN null ELSE node END AS asked
            WITH e, node, old, [(asked)-[x:EXPERIENCED]->(offering) | x] AS own
            WITH e, node, old, own, NOT old AND (
              (few AND node IN detractors)
              OR any(x IN own WHERE x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true))
              ) AS detractor
            RETURN CASE WHEN old THEN e ELSE {
              node: node, id: e.id, score: e.score, round: round, chain: e.chain, pass_ons: e.pass_ons,
              degree: CASE
                WHEN node IN walk.seen THEN head([d IN range(1, round - 1) WHERE node IN walk.reached[d - 1] | d])
                ELSE round
              END,
              introduces: coalesce(node.can_introduce, true) AND NOT detractor AND NOT e.id IN avoid_ids,
              reachable: coalesce(node.can_be_reached, true)
                AND (node.opted_out_at IS NULL OR (past AND node.opted_out_at > as_of))
                AND NOT node IN blocked
                AND NOT detractor
                AND NOT (few AND node IN had)
                AND NOT any(x IN own WHERE coalesce(x.first_at <= as_of, true))
            } END
          } AS found
        WITH ways, dropped, [e IN found WHERE e.introduces] AS introducers,
          [e IN found WHERE e.reachable AND $min_degree <= e.degree <= $max_degree] AS eligible
        WITH ways, dropped, introducers[..$width] AS known, introducers[$width..] AS below,
          eligible[..$targets] AS best, [d IN range(1, 6) | [e IN eligible[$targets..] WHERE e.degree = d]] AS over
        RETURN {
          frontier: [e IN known WHERE e.round = round] + [e IN below WHERE e.degree = round AND e.round = round][..$beam],
          expanded: walk.expanded + walk.frontier,
          known: known,
          targets: reduce(kept = best, d IN range(0, 5) | kept + over[d][..$quotas[d]]),
          seen: walk.seen + [w IN ways | w[0]],
          reached: walk.reached + [[w IN ways | w[0]]],
          bar: CASE WHEN size(known) >= $width THEN known[-1].score ELSE 0.0 END,
          cut: reduce(
            cut = walk.cut, s IN [d IN range(0, 5) | over[d][$quotas[d]].score] + [dropped]
            | CASE WHEN s > cut THEN s ELSE cut END
          )
        }
      })
    ) AS walk
  // Each degree's share first, then the best of the rest
  WITH half_life_s, as_of, walk, [d IN range(1, 6) | [e IN walk.targets WHERE e.degree = d]] AS by_degree
  WITH half_life_s, as_of, walk, reduce(all = [], d IN range(0, 5) | all + by_degree[d][..$quotas[d]]) AS reserved,
    reduce(all = [], d IN range(0, 5) | all + by_degree[d][$quotas[d]..]) AS rest
  CALL (rest) {
    UNWIND rest AS e
    WITH e
    ORDER BY e.score DESC, size(e.chain), e.id
    RETURN collect(e) AS others
  }
  WITH half_life_s, as_of, walk, reserved + others[..$targets - size(reserved)] AS chosen,
    others[$targets - size(reserved)].score AS left_out
  CALL (chosen, as_of, half_life_s) {
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
    RETURN collect({e: e, strengths: strengths}) AS checked
  }
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
