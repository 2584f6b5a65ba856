// The six-degree walk backward: who may reach one of the targets, each with the best chain of at most six ties.
// @kind source   @owner growth   @timeout 60s   @max_rows 500   @maturity stable
//   :params {realm: "demo", width: 96, beam: 16, targets: 64, quotas: [8, 8, 8, 4, 2, 2], max_length: 6, min_degree: 1,
//     max_degree: 6, detractor_sentiment: -0.5, experienced_introducers: false, most_asked: 64, asked_within_s: 604800,
//     most_adopters: 2048, most_sent: 20, sent_within_s: 604800, moderators: false,
//     anchors: [{target_ids: ["m1"], offering_id: "o7", as_of: 1760000000, avoid_ids: [],
//       seen_by: null, seen_consent: null}]}
//
// The walk of six_degree_walk the other way round, over CLOSE_FROM, from all targets at once; its text is kept line by
// line beside that one's. What is claimed is the same, of senders instead of targets: over CLOSE_FROM everyone who may
// send and whose best chain to any of the targets scores strictly above `complete_above` is in the list, with that score.
//
// Where at most `most_adopters` have the offering, they are known from the start, and whoever of them stands one tie
// behind an expanded member is found however weak that tie. Else those met are asked, round by round.
//
// Rules. A sender has a good experience of the offering by as_of (no sentiment given, or 0 and more), or, where
// `moderators` is set, moderates a community that a target belongs to; is no detractor, has not opted out, may be named, is not blocked with the target, and did not start `most_sent` outreaches within `sent_within_s`.
// Introducers and ties as in six_degree_walk, but for the first contact: a member whose best chain begins with one who
// may not be named, or ends at a target whom they are blocked with, is no sender here. No target is sender or introducer.
// Where the answer is for the eyes of one enterprise (`seen_by`, as in questions/slice.cypher), sender and first contact
// are of its slice.
//
// One row an anchor, none when no target is there. `found` are [member_ids, pass_ons, degree, target] from sender to
// target, best first; target is always true.
UNWIND range(0, size($anchors) - 1) AS anchor_no
WITH anchor_no, $anchors[anchor_no] AS anchor
CALL (anchor) {
  UNWIND anchor.target_ids AS target_id
  MATCH (target:Member {realm: $realm, member_id: target_id})
  USING INDEX target:Member(realm, member_id)
  WITH anchor, collect(target) AS starts
  OPTIONAL MATCH (realm:Realm {realm: $realm})
  USING INDEX realm:Realm(realm)
  OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: anchor.offering_id})
  USING INDEX offering:Offering(realm, offering_id)
  WITH starts, {offering: offering} AS about, anchor.as_of AS as_of, COLLECT {
      UNWIND coalesce(anchor.avoid_ids, []) AS avoid_id
      MATCH (m:Member {realm: $realm, member_id: avoid_id})
      RETURN m
    } AS avoided,
    coalesce(anchor.as_of < realm.last_event_at, true) AS past,
    coalesce(anchor.as_of < coalesce(realm.last_since, realm.last_event_at), true) AS young,
    COUNT { (offering)<-[:EXPERIENCED]-() } <= $most_adopters AS few
  WITH starts, about, as_of, avoided, past, young, few, COLLECT {
      UNWIND CASE WHEN few THEN [about.offering] ELSE [] END AS offering
      MATCH (offering)<-[x:EXPERIENCED]-(node)
      RETURN [
        node, coalesce(x.first_at <= as_of, true) AND coalesce(x.sentiment >= 0, true),
        x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true)
      ]
    } AS had, COLLECT {
      UNWIND starts AS start
      MATCH (start)-[b:BLOCKS]-(m)
      WHERE NOT past OR coalesce(b.at <= as_of, true)
      RETURN [start, m]
    } AS blocked, COLLECT {
      UNWIND CASE WHEN $moderators THEN starts ELSE [] END AS start
      MATCH (start)-[b:BELONGS_TO]->(circle:Community)
      WHERE coalesce(b.since <= as_of, true) AND coalesce(b.until > as_of, true)
      RETURN DISTINCT circle
      LIMIT 64
    } AS circles
  WITH about, as_of, reduce(
      walk = {
        frontier: [start IN starts | {node: start, score: 1.0, chain: [start], pass_ons: []}], expanded: [],
        pool: [], targets: [], checked: [],
        glad: [x IN had WHERE x[1] AND NOT coalesce(x[2], false) | x[0]], silent: [x IN had WHERE x[2] | x[0]], seen: starts, reached: [], bar: 0.0, cut: 0.0
      },
      round IN range(1, $max_length)
      | head(COLLECT {
        // Every way on from the frontier, to members not seen yet or by a chain that may be better; best first
        WITH COLLECT {
            UNWIND range(0, size(walk.frontier) - 1) AS place
            WITH place, walk.frontier[place] AS f
            WITH place, f.node AS u, f.score AS so_far, f.chain AS chain, walk.bar AS bar, walk.seen AS seen
            WITH place, u, so_far, chain, bar, seen,
              [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS shut
            MATCH (u)-[c:CLOSE_FROM]->(v)
            WITH place, v, chain, bar, seen, shut, c.pass_on AS pass_on, so_far * c.pass_on AS score
            WHERE score > 0 AND (score > bar OR NOT v IN seen) AND NOT v IN chain AND NOT v IN starts AND NOT v IN shut
            RETURN [v, score, place, pass_on] AS way
            ORDER BY score DESC, place, v
          } AS ways
        WITH ways, size([w IN ways[..$width + $targets] WHERE w[1] > walk.bar]) AS better
        WITH ways, CASE WHEN walk.bar = 0 THEN $width ELSE better + $beam END + CASE WHEN few THEN 0 ELSE $targets END AS most
        WITH ways[..most] + CASE WHEN few THEN [w IN ways[most..] WHERE w[0] IN walk.glad] ELSE [] END AS best,
          coalesce(ways[most][1], 0.0) AS unread, [w IN ways | w[0]] AS reached
        WITH best, unread, reached, COLLECT {
            UNWIND CASE WHEN young THEN best ELSE [] END AS way
            WITH way, walk.frontier[way[2]].node AS u, way[0] AS v
            WHERE NOT EXISTS { (v)-[k:KNOWS]->(u) WHERE k.since > as_of }
            RETURN way
          } AS dated
        WITH unread, CASE WHEN young THEN dated ELSE best END AS ways,
          CASE WHEN young THEN [w IN dated | w[0]] ELSE reached END AS reached

        // Each member once, by the best chain known
        WITH unread, reached, COLLECT {
            UNWIND walk.pool + [
              w IN ways
              | {node: w[0], score: w[1], round: round,
                 chain: walk.frontier[w[2]].chain + [w[0]], pass_ons: walk.frontier[w[2]].pass_ons + [w[3]]}
            ] AS e
            RETURN e
            ORDER BY e.score DESC, e.round, e.node
          } AS entries
        WITH unread, reached, entries, COLLECT {
            UNWIND entries AS e
            RETURN DISTINCT e.node
          } AS members
        WITH unread, reached, [
            e IN reduce(
              once = [], e IN entries
              | CASE WHEN e.node = members[size(once)] THEN once + e ELSE once END
            )
            | CASE
              WHEN e.degree IS NOT NULL THEN e
              ELSE {
                node: e.node, score: e.score, round: round, chain: e.chain, pass_ons: e.pass_ons,
                degree: CASE
                  WHEN e.node IN walk.seen THEN
                    coalesce(head([d IN range(1, round - 1) WHERE e.node IN walk.reached[d - 1] | d]), round)
                  ELSE round
                END,
                most: e.score * coalesce(e.node.close_from_best, 1.0),
                introduces: coalesce(e.node.can_introduce, true)
                  AND coalesce(size([at IN e.node.asked_at WHERE as_of - $asked_within_s < at <= as_of]) < $most_asked, true)
                  AND NOT e.node IN avoided,
                sends: coalesce(e.node.can_be_named, true)
                  AND (round = 1 OR coalesce(e.chain[-2].can_be_named, true))
                  AND (e.node.opted_out_at IS NULL OR (past AND e.node.opted_out_at > as_of))
                  AND coalesce(size([at IN e.node.sent_at WHERE as_of - $sent_within_s < at <= as_of]) < $most_sent, true)
                  AND NOT [e.chain[0], e.node] IN blocked
              }
            END
          ] AS found

        // Who is kept, who is expanded next, and what is let go
        WITH unread, reached, found, [e IN found WHERE (NOT few OR $moderators) AND NOT e.node IN walk.checked | e.node] AS fresh
        WITH unread, reached, found, fresh, COLLECT {
            UNWIND CASE WHEN few THEN [] ELSE fresh END AS node
            WITH node, about.offering AS offering
            MATCH (node)-[x:EXPERIENCED]->(offering)
            RETURN [
              node, coalesce(x.first_at <= as_of, true) AND coalesce(x.sentiment >= 0, true),
              x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true)
            ]
          } AS own, COLLECT {
            UNWIND CASE WHEN $moderators THEN fresh ELSE [] END AS node
            WITH node, circles
            MATCH (node)-[b:BELONGS_TO {role: 'moderator'}]->(circle:Community)
            WHERE circle IN circles AND coalesce(b.since <= as_of, true) AND coalesce(b.until > as_of, true)
            RETURN DISTINCT node
          } AS moderators
        WITH unread, reached, found, walk.checked + fresh AS checked,
          walk.glad + moderators + [x IN own WHERE x[1] AND NOT coalesce(x[2], false) | x[0]] AS glad,
          walk.silent + [x IN own WHERE x[2] | x[0]] AS silent
        WITH unread, reached, checked, glad, silent, found, COLLECT {
            UNWIND CASE WHEN anchor.seen_by IS NULL THEN [] ELSE [e IN found WHERE e.sends AND e.node IN glad] END AS e
            UNWIND e.chain[-2..] AS m
            WITH DISTINCT m
            WHERE (
              anchor.seen_by IS NULL
              OR (anchor.seen_consent IS NOT NULL AND coalesce(m.alliance_consent, anchor.seen_consent))
              OR EXISTS {
                MATCH (m)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: anchor.seen_by})
                WHERE coalesce(customer.since <= as_of, true) AND coalesce(customer.until > as_of, true)
              }
            )
            RETURN m
          } AS seen
        WITH unread, reached, checked, glad, silent, found, [
            e IN found
            WHERE e.introduces
              AND NOT e.node IN silent
              AND (NOT $experienced_introducers OR e.node IN glad)
          ] AS introducers, [
            e IN found
            WHERE e.sends AND e.node IN glad AND NOT e.node IN silent AND $min_degree <= e.degree <= $max_degree
              AND (anchor.seen_by IS NULL OR (e.node IN seen AND e.chain[-2] IN seen))
          ] AS eligible, $targets + $targets / 2 AS room
        WITH unread, reached, checked, glad, silent, found, introducers[..$width] AS known,
          [e IN introducers[$width..] WHERE e.round = round] AS below, eligible[..room] AS best,
          [d IN range(1, round) | [e IN eligible[room..] WHERE e.degree = d]] AS over
        WITH unread, reached, checked, glad, silent, found, known, below, [e IN below WHERE e.degree = round] AS newly,
          reduce(kept = best, d IN range(0, round - 1) | kept + over[d][..$quotas[d]]) AS targets,
          [d IN range(0, round - 1) | over[d][$quotas[d]].score] + [unread] AS cuts
        WITH reached, checked, glad, silent, found, known, targets, cuts,
          unread, below, newly, CASE WHEN size(known) = $width THEN known[-1].score ELSE 0.0 END AS least,
          CASE WHEN round < $max_length THEN [e IN known WHERE e.round = round] ELSE [] END AS better
        WITH reached, checked, glad, silent, found, known, targets, cuts,
          [e IN better WHERE e.most > least] + CASE WHEN round < $max_length THEN newly[..$beam] ELSE [] END AS frontier,
          CASE
            WHEN round < $max_length THEN
              [unread, newly[$beam].score, head([e IN below WHERE e.degree < round]).score]
              + [e IN better WHERE e.most <= least | e.most]
            ELSE []
          END AS bars
        WITH reached, checked, glad, silent, found, cuts, bars, frontier, targets, [e IN known | e.node] AS known,
          [e IN targets | e.node] AS targeted
        RETURN {
          frontier: frontier,
          expanded: walk.expanded + walk.frontier,
          pool: [e IN found WHERE e.node IN known OR e.node IN targeted],
          targets: targets,
          checked: checked,
          glad: glad,
          silent: silent,
          seen: walk.seen + reached,
          reached: walk.reached + [reached],
          bar: reduce(bar = walk.bar, s IN bars | CASE WHEN s > bar THEN s ELSE bar END),
          cut: reduce(cut = walk.cut, s IN cuts | CASE WHEN s > cut THEN s ELSE cut END)
        }
      })
    ) AS walk

  // Each degree's places first, then the best of the rest
  WITH walk, COLLECT {
      UNWIND walk.targets AS e
      RETURN e
      ORDER BY e.score DESC, e.round, e.node
    } AS eligible
  WITH walk, eligible, reduce(
      nodes = [], d IN range(1, 6)
      | nodes + [e IN eligible WHERE e.degree = d | e.node][..$quotas[d - 1]]
    ) AS first
  WITH walk, [e IN eligible WHERE e.node IN first] AS reserved, [e IN eligible WHERE NOT e.node IN first] AS rest
  WITH walk, reserved + rest[..$targets - size(reserved)] AS targets,
    CASE WHEN rest[$targets - size(reserved)].score > walk.cut THEN rest[$targets - size(reserved)].score ELSE walk.cut END AS cut
  WITH walk, targets, CASE WHEN walk.bar > cut THEN walk.bar ELSE cut END AS complete_above
  CALL (walk, complete_above) {
    UNWIND walk.expanded AS f
    WITH f.node AS u, f.score AS score, complete_above
    WHERE score > complete_above AND COUNT { (u)<-[:KNOWS]-() } > COUNT { (u)-[:CLOSE_FROM]->() }
    OPTIONAL MATCH (u)-[c:CLOSE_FROM]->()
    WITH u, score, coalesce(min(c.pass_on), 1.0) AS least
    RETURN max(score * least) AS unlisted
  }
  RETURN complete_above,
    CASE WHEN unlisted > complete_above THEN unlisted ELSE complete_above END AS complete_above_all_ties,
    [e IN targets | [[m IN reverse(e.chain) | m.member_id], reverse(e.pass_ons), e.degree, true]] AS found
}
RETURN anchor_no, complete_above, complete_above_all_ties, found
ORDER BY anchor_no
LIMIT 500
