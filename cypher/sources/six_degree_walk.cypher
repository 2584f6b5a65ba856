// The six-degree walk: members a sender may reach, each with the best chain of at most six ties.
// @kind source   @owner growth   @timeout 60s   @max_rows 20000   @maturity stable
//   :params {realm: "demo", width: 64, beam: 8, targets: 64, quotas: [8, 8, 8, 4, 2, 2], max_length: 6, min_degree: 1,
//     max_degree: 6, detractor_sentiment: -0.5,
//     anchors: [{sender_id: "m1", offering_id: null, as_of: 1760000000, avoid_ids: []}]}
//
// How. Round by round over CLOSE_TO. A round expands the frontier: who became better in the last round and is among the
// `width` best who may introduce, and the `beam` best who were first reached below them. Chains travel whole.
// Targets are a list of their own: the best `targets` eligible members, `quotas[d-1]` places of it kept for degree d.
//
// What is claimed, for chains of at most `max_length` ties that obey the rules:
// - over CLOSE_TO, every eligible member whose best chain scores strictly above `complete_above` is in the list, with
//   that score. It is the largest of the scores that were let go: of who may introduce and was not expanded (`bar`), of
//   eligible members who found no place (`cut`). A score only falls with length, so what was let go, and all that lies
//   behind it, scores no higher. Members with `min_degree`…`max_degree` in the sense of `degree` below are eligible.
// - over KNOWS the same holds above `complete_above_all_ties`: for every expanded member with more ties than CLOSE_TO
//   lists, its score times the last one listed is counted in; a tie that is not listed is no better than that one.
// Rules only take ties and introducers away, before anything is counted, so both claims are about what the rules leave.
// `degree` is the length of the shortest chain that the walk met: at least the true one, at most the best chain's.
//
// Rules. An introducer may introduce, is no detractor of the offering and not to be avoided; no hop joins two who block
// each other; no tie is younger than as_of. A target may be reached, has not opted out, is not blocked with the sender,
// has not experienced the offering and is no detractor of it. Blocks and opt-outs of any time count, unless as_of lies
// before the realm's last event: then only those made by as_of, and `since` is looked at in every round. Else a tie
// dated after as_of is an oddity: it is looked for along returned chains only, such a chain is dropped and counted in
// `cut`. Whether the best have experienced the offering is asked when they are expanded, of other targets at the end.
//
// Rows of an anchor: its targets, best first, or one row without a target; none when there is no such sender.
// Inside the loop a subquery must be a whole projected item: within CASE Neo4j 5.26 loses its arguments. Sorted lists
// are cut after sorting, since LIMIT would charge a whole row, with the state of the walk, to memory for each entry.
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
  WITH about, as_of, half_life_s, reduce(
      walk = {
        frontier: [{node: sender, score: 1.0, chain: [sender], pass_ons: []}], expanded: [],
        pool: [], targets: [], spent: [], seen: [sender], reached: [], bar: 0.0, cut: 0.0
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
            MATCH (u)-[c:CLOSE_TO]->(v)
            WITH place, v, chain, bar, seen, shut, c.pass_on AS pass_on, so_far * c.pass_on AS score
            WHERE score > 0 AND (score > bar OR NOT v IN seen) AND NOT v IN chain AND NOT v IN shut
            RETURN [v, score, place, pass_on] AS way
            ORDER BY score DESC, place, v
          } AS ways, $width + $targets AS most
        WITH ways[..most] AS best, coalesce(ways[most][1], 0.0) AS unread, [w IN ways | w[0]] AS reached
        WITH best, unread, reached, COLLECT {
            UNWIND CASE WHEN past THEN best ELSE [] END AS way
            WITH way, walk.frontier[way[2]].node AS u, way[0] AS v
            WHERE NOT EXISTS { (u)-[k:KNOWS]->(v) WHERE k.since > as_of }
            RETURN way
          } AS dated
        WITH unread, CASE WHEN past THEN dated ELSE best END AS ways,
          CASE WHEN past THEN [w IN dated | w[0]] ELSE reached END AS reached

        // Each member once, by the best chain known
        WITH unread, reached, COLLECT {
            UNWIND walk.pool + [
              w IN ways
              | {node: w[0], id: w[0].member_id, score: w[1], round: round,
                 chain: walk.frontier[w[2]].chain + [w[0]], pass_ons: walk.frontier[w[2]].pass_ons + [w[3]]}
            ] AS e
            RETURN e
            ORDER BY e.score DESC, size(e.chain), e.round, e.id
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
                node: e.node, id: e.id, score: e.score, round: round, chain: e.chain, pass_ons: e.pass_ons,
                degree: CASE
                  WHEN e.node IN walk.seen THEN
                    coalesce(head([d IN range(1, round - 1) WHERE e.node IN walk.reached[d - 1] | d]), round)
                  ELSE round
                END,
                introduces: coalesce(e.node.can_introduce, true) AND NOT e.id IN avoid_ids,
                reachable: coalesce(e.node.can_be_reached, true)
                  AND (e.node.opted_out_at IS NULL OR (past AND e.node.opted_out_at > as_of))
                  AND NOT e.node IN blocked
              }
            END
          ] AS found

        // Who is kept, who is expanded next, and what is let go
        WITH unread, reached, found, [e IN found WHERE e.introduces] AS introducers, [
            e IN found
            WHERE e.reachable AND NOT e.node IN walk.spent AND $min_degree <= e.degree <= $max_degree
          ] AS eligible, $targets + $targets / 2 AS room // some prove spent
        WITH unread, reached, found, introducers[..$width] AS known,
          [e IN introducers[$width..] WHERE e.round = round] AS below, eligible[..room] AS best,
          [d IN range(1, round) | [e IN eligible[room..] WHERE e.degree = d]] AS over
        WITH unread, reached, found, known, below, [e IN below WHERE e.degree = round] AS newly,
          reduce(kept = best, d IN range(0, round - 1) | kept + over[d][..$quotas[d]]) AS targets,
          [d IN range(0, round - 1) | over[d][$quotas[d]].score] + [unread] AS cuts
        WITH reached, found, known, targets, cuts,
          CASE
            WHEN round < $max_length THEN [e IN known WHERE e.round = round] + newly[..$beam]
            ELSE []
          END AS frontier,
          CASE
            WHEN round < $max_length THEN
              [unread, newly[$beam].score, head([e IN below WHERE e.degree < round]).score]
            ELSE []
          END AS bars
        WITH reached, found, known, targets, cuts, frontier, bars, COLLECT {
            UNWIND frontier AS e
            WITH e.node AS node, about.offering AS offering
            MATCH (node)-[x:EXPERIENCED]->(offering)
            RETURN [
              node, coalesce(x.first_at <= as_of, true),
              x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true)
            ]
          } AS own
        WITH reached, found, known, targets, cuts, frontier, bars,
          [x IN own WHERE x[2] | x[0]] AS detractors, [x IN own WHERE x[1] OR x[2] | x[0]] AS spent
        WITH reached, found, cuts, bars, spent,
          [e IN frontier WHERE NOT e.node IN detractors] AS frontier,
          [e IN known WHERE NOT e.node IN detractors | e.node] AS known,
          [e IN targets WHERE NOT e.node IN spent] AS targets
        WITH reached, found, cuts, bars, spent, frontier, known, targets, [e IN targets | e.node] AS targeted
        RETURN {
          frontier: frontier,
          expanded: walk.expanded + walk.frontier,
          pool: [e IN found WHERE e.node IN known OR e.node IN targeted],
          targets: targets,
          spent: walk.spent + spent,
          seen: walk.seen + reached,
          reached: walk.reached + [reached],
          bar: reduce(bar = walk.bar, s IN bars | CASE WHEN s > bar THEN s ELSE bar END),
          cut: reduce(cut = walk.cut, s IN cuts | CASE WHEN s > cut THEN s ELSE cut END)
        }
      })
    ) AS walk

  // Who was never expanded was never asked
  WITH about, as_of, half_life_s, walk, [f IN walk.expanded | f.node] AS asked
  WITH as_of, half_life_s, walk, COLLECT {
      UNWIND walk.targets AS e
      WITH e.node AS node, about.offering AS offering, asked
      WHERE NOT node IN asked
      MATCH (node)-[x:EXPERIENCED]->(offering)
      WHERE coalesce(x.first_at <= as_of, true)
        OR (x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true))
      RETURN node
    } AS spent

  // Each degree's places first, then the best of the rest
  WITH as_of, half_life_s, walk, COLLECT {
      UNWIND walk.targets AS e
      WITH e
      WHERE NOT e.node IN spent
      RETURN e
      ORDER BY e.score DESC, size(e.chain), e.id
    } AS eligible
  WITH as_of, half_life_s, walk, eligible, reduce(
      nodes = [], d IN range(1, 6)
      | nodes + [e IN eligible WHERE e.degree = d | e.node][..$quotas[d - 1]]
    ) AS first
  WITH as_of, half_life_s, walk,
    [e IN eligible WHERE e.node IN first] AS reserved, [e IN eligible WHERE NOT e.node IN first] AS rest
  WITH as_of, half_life_s, walk, reserved + rest[..$targets - size(reserved)] AS chosen,
    rest[$targets - size(reserved)].score AS left_out

  // Strengths as of as_of; a chain with a tie younger than that lacks one
  WITH walk, left_out, COLLECT {
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
  WITH walk, [x IN checked WHERE size(x.strengths) = size(x.e.pass_ons)] AS kept, reduce(
      most = walk.cut, s IN [left_out, walk.bar] + [
        x IN checked
        WHERE size(x.strengths) <> size(x.e.pass_ons)
        | x.e.score
      ]
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
  WITH complete_above, x.e AS e, x.strengths AS strengths, [m IN x.e.chain | m.member_id] AS member_ids,
    CASE WHEN unlisted > complete_above THEN unlisted ELSE complete_above END AS complete_above_all_ties
  RETURN complete_above, complete_above_all_ties, collect({
      target_id: e.id, member_ids: member_ids, pass_ons: e.pass_ons, strengths: strengths, score: e.score,
      degree: e.degree
    }) AS rows
}
UNWIND rows AS x
RETURN
  anchor_no,
  x.target_id AS target_id,
  x.member_ids AS member_ids,
  x.pass_ons AS pass_ons,
  x.strengths AS strengths,
  x.score AS score,
  x.degree AS degree,
  complete_above,
  complete_above_all_ties
ORDER BY anchor_no, score DESC, size(x.member_ids), target_id
LIMIT 20000
