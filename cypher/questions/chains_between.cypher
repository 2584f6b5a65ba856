// The best simple chains between two members: rounds from both ends meet in the middle.
// @kind question   @owner growth   @timeout 60s   @max_rows 100   @maturity stable
//   :params {realm: "demo", ask: {from_id: "m1", to_id: "m2", as_of: 1760000000, avoid_ids: [], max_length: 6,
//     limit: 10, width: 2000}}
//
// How. From one end round by round over CLOSE_TO, from the other over CLOSE_FROM, at most three rounds each and
// `max_length` together; the `width` best members of each end are kept, each with its best chain, the shortest of equals.
// Who was reached from both ends joins two halves. A joined chain in which a member stands twice is left out.
//
// What is claimed, for simple chains of at most `max_length` ties that obey the rules:
// - nothing is missed that scores strictly above `complete_above`, the best score that either end let go: when the best
//   of the chains whose first half is of CLOSE_TO and whose second half is of CLOSE_FROM scores above it, the first row
//   has that score. Both halves of such a chain score no less than the whole, so both ends kept its middle; had the
//   join a member twice, the chain without the loop would be shorter and as good, and is found by its own middle.
// - the same of all chains over KNOWS above `complete_above_all_ties`: for every member expanded who has more ties than
//   its list, its score times the last one listed is counted in.
// The rows after the first are the best of the chains that met, not certified.
//
// Rules. Who stands between the ends may introduce and is not to be avoided; no hop joins two who block each other, and
// two who block each other have no chain; no tie is younger than as_of (looked for along the chains that are returned;
// such a chain is dropped and counted in). Blocks of any time count, unless as_of lies before the realm's last event.
//
// One row a chain, best first; one row without a chain when there is none; no row when an end is not there.
// Each round is the same text but for its number: an aggregation cannot stand in a loop. Lists are cut after sorting,
// since LIMIT would charge a whole row, with all the lists so far, to memory for each entry.
MATCH (sender:Member {realm: $realm, member_id: $ask.from_id})
USING INDEX sender:Member(realm, member_id)
MATCH (target:Member {realm: $realm, member_id: $ask.to_id})
USING INDEX target:Member(realm, member_id)
WITH sender, target
WHERE sender <> target
OPTIONAL MATCH (realm:Realm {realm: $realm})
USING INDEX realm:Realm(realm)
WITH sender, target, coalesce(realm.half_life_days, 90.0) * 86400 AS half_life_s,
  coalesce($ask.as_of < realm.last_event_at, true) AS past
UNWIND [true, false] AS forward
CALL (sender, target, past, forward) {
  WITH past, forward, CASE WHEN forward THEN sender ELSE target END AS start,
    CASE WHEN forward THEN target ELSE sender END AS end,
    CASE WHEN forward THEN ($ask.max_length + 1) / 2 ELSE $ask.max_length / 2 END AS rounds
  WITH past, forward, start, end, rounds,
    [(start)-[b:BLOCKS]-(m) WHERE m = end AND (NOT past OR coalesce(b.at <= $ask.as_of, true)) | m] AS apart
  WITH past, forward, end, rounds, apart, {node: start, score: 1.0, round: 0, chain: [start], pass_ons: []} AS first
  WITH past, forward, end, rounds, [first] AS known, 0.0 AS missed, [] AS expanded,
    CASE WHEN rounds > 0 AND apart = [] THEN [first] ELSE [] END AS frontier

  // Round 1
  CALL (past, forward, frontier, missed) {
    UNWIND range(0, size(frontier) - 1) AS place
    WITH past, forward, missed, place, frontier[place] AS f
    WITH past, forward, missed, place, f.node AS u, f.score AS so_far, f.chain AS chain
    WITH forward, missed, place, u, so_far, chain,
      [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= $ask.as_of, true) | m] AS shut
    CALL (u, forward) {
      WITH u, forward
      WHERE forward
      MATCH (u)-[c:CLOSE_TO]->(v)
      RETURN v, c.pass_on AS pass_on
      UNION ALL
      WITH u, forward
      WHERE NOT forward
      MATCH (u)-[c:CLOSE_FROM]->(v)
      RETURN v, c.pass_on AS pass_on
    }
    WITH missed, place, v, chain, shut, pass_on, so_far * pass_on AS score
    WHERE score > missed AND NOT v IN chain AND NOT v IN shut
    WITH place, v, pass_on, score
    ORDER BY score DESC, place, v
    RETURN collect([v, score, place, pass_on]) AS ways
  }
  CALL (known, frontier, ways) {
    UNWIND known + [
      w IN ways[..2 * $ask.width]
      | {node: w[0], score: w[1], round: 1, chain: frontier[w[2]].chain + [w[0]],
         pass_ons: frontier[w[2]].pass_ons + [w[3]]}
    ] AS e
    WITH e
    ORDER BY e.score DESC, size(e.chain), e.round
    WITH e.node AS node, head(collect(e)) AS e
    ORDER BY e.score DESC, size(e.chain), node
    RETURN collect(e) AS found
  }
  WITH past, forward, end, rounds, found[..$ask.width] AS known, expanded + [f IN frontier | [f.node, f.score]] AS expanded,
    reduce(
      most = missed, s IN [ways[2 * $ask.width][1], found[$ask.width].score]
      | CASE WHEN s > most THEN s ELSE most END
    ) AS missed
  CALL (end, rounds, known) {
    UNWIND CASE WHEN rounds > 1 THEN [e IN known WHERE e.round = 1] ELSE [] END AS e
    WITH e, e.node AS node, end
    WHERE node <> end AND coalesce(node.can_introduce, true) AND NOT node.member_id IN $ask.avoid_ids
    RETURN collect(e) AS frontier
  }

  // Round 2
  CALL (past, forward, frontier, missed) {
    UNWIND range(0, size(frontier) - 1) AS place
    WITH past, forward, missed, place, frontier[place] AS f
    WITH past, forward, missed, place, f.node AS u, f.score AS so_far, f.chain AS chain
    WITH forward, missed, place, u, so_far, chain,
      [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= $ask.as_of, true) | m] AS shut
    CALL (u, forward) {
      WITH u, forward
      WHERE forward
      MATCH (u)-[c:CLOSE_TO]->(v)
      RETURN v, c.pass_on AS pass_on
      UNION ALL
      WITH u, forward
      WHERE NOT forward
      MATCH (u)-[c:CLOSE_FROM]->(v)
      RETURN v, c.pass_on AS pass_on
    }
    WITH missed, place, v, chain, shut, pass_on, so_far * pass_on AS score
    WHERE score > missed AND NOT v IN chain AND NOT v IN shut
    WITH place, v, pass_on, score
    ORDER BY score DESC, place, v
    RETURN collect([v, score, place, pass_on]) AS ways
  }
  CALL (known, frontier, ways) {
    UNWIND known + [
      w IN ways[..2 * $ask.width]
      | {node: w[0], score: w[1], round: 2, chain: frontier[w[2]].chain + [w[0]],
         pass_ons: frontier[w[2]].pass_ons + [w[3]]}
    ] AS e
    WITH e
    ORDER BY e.score DESC, size(e.chain), e.round
    WITH e.node AS node, head(collect(e)) AS e
    ORDER BY e.score DESC, size(e.chain), node
    RETURN collect(e) AS found
  }
  WITH past, forward, end, rounds, found[..$ask.width] AS known, expanded + [f IN frontier | [f.node, f.score]] AS expanded,
    reduce(
      most = missed, s IN [ways[2 * $ask.width][1], found[$ask.width].score]
      | CASE WHEN s > most THEN s ELSE most END
    ) AS missed
  CALL (end, rounds, known) {
    UNWIND CASE WHEN rounds > 2 THEN [e IN known WHERE e.round = 2] ELSE [] END AS e
    WITH e, e.node AS node, end
    WHERE node <> end AND coalesce(node.can_introduce, true) AND NOT node.member_id IN $ask.avoid_ids
    RETURN collect(e) AS frontier
  }

  // Round 3
  CALL (past, forward, frontier, missed) {
    UNWIND range(0, size(frontier) - 1) AS place
    WITH past, forward, missed, place, frontier[place] AS f
    WITH past, forward, missed, place, f.node AS u, f.score AS so_far, f.chain AS chain
    WITH forward, missed, place, u, so_far, chain,
      [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= $ask.as_of, true) | m] AS shut
    CALL (u, forward) {
      WITH u, forward
      WHERE forward
      MATCH (u)-[c:CLOSE_TO]->(v)
      RETURN v, c.pass_on AS pass_on
      UNION ALL
      WITH u, forward
      WHERE NOT forward
      MATCH (u)-[c:CLOSE_FROM]->(v)
      RETURN v, c.pass_on AS pass_on
    }
    WITH missed, place, v, chain, shut, pass_on, so_far * pass_on AS score
    WHERE score > missed AND NOT v IN chain AND NOT v IN shut
    WITH place, v, pass_on, score
    ORDER BY score DESC, place, v
    RETURN collect([v, score, place, pass_on]) AS ways
  }
  CALL (known, frontier, ways) {
    UNWIND known + [
      w IN ways[..2 * $ask.width]
      | {node: w[0], score: w[1], round: 3, chain: frontier[w[2]].chain + [w[0]],
         pass_ons: frontier[w[2]].pass_ons + [w[3]]}
    ] AS e
    WITH e
    ORDER BY e.score DESC, size(e.chain), e.round
    WITH e.node AS node, head(collect(e)) AS e
    ORDER BY e.score DESC, size(e.chain), node
    RETURN collect(e) AS found
  }
  WITH past, forward, end, rounds, found[..$ask.width] AS known, expanded + [f IN frontier | [f.node, f.score]] AS expanded,
    reduce(
      most = missed, s IN [ways[2 * $ask.width][1], found[$ask.width].score]
      | CASE WHEN s > most THEN s ELSE most END
    ) AS missed

  RETURN known, missed, expanded
}
WITH sender, target, half_life_s, collect([forward, known, missed, expanded]) AS ends
WITH sender, target, half_life_s, head([e IN ends WHERE e[0]]) AS fore, head([e IN ends WHERE NOT e[0]]) AS back

// Where both ends met; a chain met at several members is one chain
CALL (sender, target, fore, back) {
  UNWIND [e IN fore[1] | [0, e]] + [e IN back[1] | [1, e]] AS half
  WITH sender, target, half
  ORDER BY half[0]
  WITH sender, target, half[1].node AS node, collect(half[1]) AS halves
  WHERE size(halves) = 2
  WITH sender, target, node, halves[0] AS first, halves[1] AS second
  WHERE none(m IN second.chain[..-1] WHERE m IN first.chain)
    AND (node IN [sender, target] OR (coalesce(node.can_introduce, true) AND NOT node.member_id IN $ask.avoid_ids))
  WITH node, first, second, first.score * second.score AS score
  ORDER BY score DESC, node
  WITH collect([first, second])[..8 * $ask.limit] AS met // at most four times each
  UNWIND met AS halves
  WITH DISTINCT halves[0].chain + reverse(halves[1].chain[..-1]) AS chain,
    halves[0].pass_ons + reverse(halves[1].pass_ons) AS pass_ons
  WITH chain, pass_ons, reduce(score = 1.0, p IN pass_ons | score * p) AS score, [m IN chain | m.member_id] AS member_ids
  ORDER BY score DESC, size(chain), member_ids
  RETURN collect({chain: chain, member_ids: member_ids, pass_ons: pass_ons, score: score})[..$ask.limit] AS chains
}
CALL (chains, half_life_s) {
  UNWIND chains AS e
  WITH e, COLLECT {
      UNWIND range(0, size(e.chain) - 2) AS i
      WITH i, e.chain[i] AS u, e.chain[i + 1] AS v
      MATCH (u)-[k:KNOWS]->(v)
      WHERE coalesce(k.since <= $ask.as_of, true)
      RETURN CASE
          WHEN k.last_at <= $ask.as_of THEN k.strength * 0.5 ^ (($ask.as_of - k.last_at) / half_life_s)
          WHEN k.last_at IS NULL THEN k.strength
        END AS strength
      ORDER BY i
    } AS strengths
  RETURN collect({e: e, strengths: strengths}) AS checked
}
WITH fore, back, [x IN checked WHERE size(x.strengths) = size(x.e.pass_ons)] AS kept, reduce(
    most = fore[2], s IN [back[2]] + [x IN checked WHERE size(x.strengths) <> size(x.e.pass_ons) | x.e.score]
    | CASE WHEN s > most THEN s ELSE most END
  ) AS complete_above

// Members whose list does not hold all their ties
CALL (fore, complete_above) {
  UNWIND fore[3] AS f
  WITH complete_above, f[0] AS u, f[1] AS score
  WHERE score > complete_above AND COUNT { (u)-[:KNOWS]->() } > COUNT { (u)-[:CLOSE_TO]->() }
  OPTIONAL MATCH (u)-[c:CLOSE_TO]->()
  WITH u, score, coalesce(min(c.pass_on), 1.0) AS least
  RETURN max(score * least) AS unlisted_from
}
CALL (back, complete_above) {
  UNWIND back[3] AS f
  WITH complete_above, f[0] AS u, f[1] AS score
  WHERE score > complete_above AND COUNT { (u)<-[:KNOWS]-() } > COUNT { (u)-[:CLOSE_FROM]->() }
  OPTIONAL MATCH (u)-[c:CLOSE_FROM]->()
  WITH u, score, coalesce(min(c.pass_on), 1.0) AS least
  RETURN max(score * least) AS unlisted_to
}
WITH kept, complete_above, reduce(
    most = complete_above, s IN [unlisted_from, unlisted_to]
    | CASE WHEN s > most THEN s ELSE most END
  ) AS complete_above_all_ties
UNWIND CASE WHEN kept = [] THEN [null] ELSE kept END AS x
WITH x, complete_above, complete_above_all_ties
LIMIT 100
RETURN
  x.e.member_ids AS member_ids,
  x.e.pass_ons AS pass_ons,
  x.strengths AS strengths,
  x.e.score AS score,
  complete_above,
  complete_above_all_ties
ORDER BY score DESC, size(member_ids), member_ids
