// The six-degree walk: members a sender may reach, each with the best chain of at most six ties.
// @kind source   @owner growth   @timeout 60s   @max_rows 500   @maturity stable
//   :params {realm: "demo", width: 64, beam: 8, targets: 64, quotas: [8, 8, 8, 4, 2, 2], max_length: 6, min_degree: 1,
//     max_degree: 6, detractor_sentiment: -0.5, experienced_introducers: false, most_asked: 64, asked_within_s: 604800,
//     anchors: [{sender_id: "m1", offering_id: null, as_of: 1760000000, avoid_ids: [], only_ids: null, community_id: null,
//       seen_by: null, seen_consent: null}]}
//
// How. Round by round over CLOSE_TO. A round expands the frontier: who became better in the last round, is among the
// `width` best who may introduce and has a tie good enough to lead to one of these (`close_to_best` bounds it), and the
// `beam` best who were first reached below them. Chains travel whole.
// Targets are a list of their own: the best `targets` eligible members, `quotas[d-1]` places of it kept for degree d.
//
// What is claimed, for chains of at most `max_length` ties that obey the rules:
// - over CLOSE_TO, every eligible member whose best chain scores strictly above `complete_above` is in the list, with
//   that score. It is the largest of the scores that were let go: of who may introduce and was not expanded (`bar`: their
//   score, or the best that their ties lead to), of eligible members who found no place (`cut`). A score only falls with
//   length, so what was let go, and all that lies behind it, scores no higher.
// - over KNOWS the same holds above `complete_above_all_ties`: for every expanded member with more ties than CLOSE_TO
//   lists, its score times the last one listed is counted in; a tie that is not listed is no better than that one.
// Rules only take ties and introducers away, before anything is counted, so both claims are about what the rules leave.
// `degree` is the length of the shortest chain that the walk met: at least the true one, at most the best chain's.
//
// Rules. An introducer may introduce, was not asked `most_asked` times within `asked_within_s`, is no detractor of the
// offering, not to be avoided, and the first one may be named; where `experienced_introducers` is set, they have a good
// experience of the offering too. No hop joins two who block each other; no tie is younger than as_of. A target may be
// reached and named, has not opted out, is not blocked with the sender, has not experienced the offering and is no
// detractor of it; and is of `only_ids`, and of the community or one within it, where these are given. Where the answer is
// for the eyes of one enterprise (`seen_by`, as in questions/slice.cypher), target and first contact are of its slice.
// Blocks and opt-outs of any time count, unless as_of lies before the realm's last event: then only those made by as_of.
// `since` is looked at in every round where the realm may have ties younger than as_of (`young`). Whether the best have experienced the offering is asked when they are expanded,
// of other targets at the end.
//
// One row an anchor, none when there is no such sender. `found` are [member_ids, pass_ons, degree, target]: the targets,
// best first; then, with target false, other members that may introduce, for chains to be joined to.
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
  WITH sender, {offering: offering} AS about, anchor.as_of AS as_of, COLLECT {
      UNWIND coalesce(anchor.avoid_ids, []) AS avoid_id
      MATCH (m:Member {realm: $realm, member_id: avoid_id})
      RETURN m
    } AS avoided,
    coalesce(anchor.as_of < realm.last_event_at, true) AS past,
    coalesce(anchor.as_of < coalesce(realm.last_since, realm.last_event_at), true) AS young,
    anchor.only_ids IS NOT NULL AS some_only, COLLECT {
      UNWIND coalesce(anchor.only_ids, []) AS only_id
      MATCH (m:Member {realm: $realm, member_id: only_id})
      RETURN m
    } AS only, anchor.community_id IS NOT NULL AS in_circles,
    anchor.community_id IS NOT NULL OR anchor.seen_by IS NOT NULL AS narrowed, COLLECT {
      MATCH (c:Community {realm: $realm, community_id: anchor.community_id})<-[:PART_OF*0..3]-(circle:Community)
      RETURN DISTINCT circle
    } AS circles
  WITH sender, about, as_of, avoided, past, young, some_only, only, in_circles, narrowed, circles,
    [(sender)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS blocked
  WITH about, as_of, reduce(
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
              AND (round > 1 OR (coalesce(v.can_be_named, true) AND (
                anchor.seen_by IS NULL
                OR (anchor.seen_consent IS NOT NULL AND coalesce(v.alliance_consent, anchor.seen_consent))
                OR EXISTS {
                  MATCH (v)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: anchor.seen_by})
                  WHERE coalesce(customer.since <= as_of, true) AND coalesce(customer.until > as_of, true)
                }
              )))
            RETURN [v, score, place, pass_on] AS way
            ORDER BY score DESC, place, v
          } AS ways
        WITH ways, size([w IN ways[..$width + $targets] WHERE w[1] > walk.bar]) AS better
        WITH ways, CASE WHEN walk.bar = 0 THEN $width + $targets ELSE better + $beam + 2 * $quotas[round - 1] END AS most
        WITH ways[..most] AS best, coalesce(ways[most][1], 0.0) AS unread, [w IN ways | w[0]] AS reached
        WITH best, unread, reached, COLLECT {
            UNWIND CASE WHEN young THEN best ELSE [] END AS way
            WITH way, walk.frontier[way[2]].node AS u, way[0] AS v
            WHERE NOT EXISTS { (u)-[k:KNOWS]->(v) WHERE k.since > as_of }
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
                most: e.score * coalesce(e.node.close_to_best, 1.0),
                introduces: coalesce(e.node.can_introduce, true)
                  AND coalesce(size([at IN e.node.asked_at WHERE as_of - $asked_within_s < at <= as_of]) < $most_asked, true)
                  AND NOT e.node IN avoided,
                reachable: coalesce(e.node.can_be_reached, true)
                  AND coalesce(e.node.can_be_named, true)
                  AND (NOT some_only OR e.node IN only)
                  AND (e.node.opted_out_at IS NULL OR (past AND e.node.opted_out_at > as_of))
                  AND NOT e.node IN blocked
              }
            END
          ] AS found

        // Who is kept, who is expanded next, and what is let go
        WITH unread, reached, found, COLLECT {
            UNWIND CASE WHEN narrowed THEN found ELSE [] END AS e
            WITH e.node AS m, circles, in_circles
            WHERE (
              anchor.seen_by IS NULL
              OR (anchor.seen_consent IS NOT NULL AND coalesce(m.alliance_consent, anchor.seen_consent))
              OR EXISTS {
                MATCH (m)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: anchor.seen_by})
                WHERE coalesce(customer.since <= as_of, true) AND coalesce(customer.until > as_of, true)
              }
            )
              AND (
                NOT in_circles
                OR EXISTS {
                  MATCH (m)-[b:BELONGS_TO]->(c:Community)
                  WHERE c IN circles AND coalesce(b.since <= as_of, true) AND coalesce(b.until > as_of, true)
                }
              )
            RETURN m
          } AS within
        WITH unread, reached, found, [e IN found WHERE e.introduces] AS introducers, [
            e IN found
            WHERE e.reachable
              AND NOT e.node IN walk.spent
              AND $min_degree <= e.degree <= $max_degree
              AND (NOT narrowed OR e.node IN within)
          ] AS eligible, $targets + $targets / 2 AS room // some prove spent
        WITH unread, reached, found, introducers[..$width] AS known,
          [e IN introducers[$width..] WHERE e.round = round] AS below, eligible[..room] AS best,
          [d IN range(1, round) | [e IN eligible[room..] WHERE e.degree = d]] AS over
        WITH unread, reached, found, known, below, [e IN below WHERE e.degree = round] AS newly,
          reduce(kept = best, d IN range(0, round - 1) | kept + over[d][..$quotas[d]]) AS targets,
          [d IN range(0, round - 1) | over[d][$quotas[d]].score] + [unread] AS cuts
        WITH reached, found, known, targets, cuts,
          unread, below, newly, CASE WHEN size(known) = $width THEN known[-1].score ELSE 0.0 END AS least,
          CASE WHEN round < $max_length THEN [e IN known WHERE e.round = round] ELSE [] END AS fresh
        WITH reached, found, known, targets, cuts,
          [e IN fresh WHERE e.most > least] + CASE WHEN round < $max_length THEN newly[..$beam] ELSE [] END AS frontier,
          CASE
            WHEN round < $max_length THEN
              [unread, newly[$beam].score, head([e IN below WHERE e.degree < round]).score]
              + [e IN fresh WHERE e.most <= least | e.most]
            ELSE []
          END AS bars
        WITH reached, found, known, targets, cuts, frontier, bars, COLLECT {
            UNWIND frontier AS e
            WITH e.node AS node, about.offering AS offering
            MATCH (node)-[x:EXPERIENCED]->(offering)
            RETURN [
              node, coalesce(x.first_at <= as_of, true),
              x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true),
              coalesce(x.sentiment >= 0, true)
            ]
          } AS own
        WITH reached, found, known, targets, cuts, frontier, bars,
          CASE
            WHEN $experienced_introducers THEN
              [
                e IN frontier
                WHERE e.node IN [x IN own WHERE x[2] | x[0]] OR NOT e.node IN [x IN own WHERE x[1] AND x[3] | x[0]]
                | e.node
              ]
            ELSE [x IN own WHERE x[2] | x[0]]
          END AS silent, [x IN own WHERE x[1] OR x[2] | x[0]] AS spent
        WITH reached, found, cuts, bars, spent,
          [e IN frontier WHERE NOT e.node IN silent] AS frontier,
          [e IN known WHERE NOT e.node IN silent | e.node] AS known,
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
  WITH about, as_of, walk, [f IN walk.expanded | f.node] AS asked
  WITH as_of, walk, COLLECT {
      UNWIND walk.targets AS e
      WITH e.node AS node, about.offering AS offering, asked
      WHERE NOT node IN asked
      MATCH (node)-[x:EXPERIENCED]->(offering)
      WHERE coalesce(x.first_at <= as_of, true)
        OR (x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true))
      RETURN node
    } AS spent
  // Each degree's places first, then the best of the rest
  WITH walk, COLLECT {
      UNWIND walk.targets AS e
      WITH e
      WHERE NOT e.node IN spent
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
  WITH walk, targets, CASE WHEN walk.bar > cut THEN walk.bar ELSE cut END AS complete_above, [e IN targets | e.node] AS targeted
  CALL (walk, complete_above) {
    UNWIND walk.expanded AS f
    WITH f.node AS u, f.score AS score, complete_above
    WHERE score > complete_above AND COUNT { (u)-[:KNOWS]->() } > COUNT { (u)-[:CLOSE_TO]->() }
    OPTIONAL MATCH (u)-[c:CLOSE_TO]->()
    WITH u, score, coalesce(min(c.pass_on), 1.0) AS least
    RETURN max(score * least) AS unlisted
  }
  RETURN complete_above,
    CASE WHEN unlisted > complete_above THEN unlisted ELSE complete_above END AS complete_above_all_ties,
    [e IN targets | [[m IN e.chain | m.member_id], e.pass_ons, e.degree, true]] + [
      e IN walk.expanded[1..]
      WHERE NOT e.node IN targeted
      | [[m IN e.chain | m.member_id], e.pass_ons, e.degree, false]
    ] AS found
}
RETURN anchor_no, complete_above, complete_above_all_ties, found
ORDER BY anchor_no
LIMIT 500
