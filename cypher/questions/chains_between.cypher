// The best simple chains between two members: walks from both ends meet in the middle.
// @kind question   @owner growth   @timeout 60s   @max_rows 10   @maturity stable
//   :params {realm: "demo", ask: {from_id: "m1", to_id: "m2", as_of: 1760000000, avoid_ids: [], only_named: false,
//     slice_enterprise_id: null, seen_by: null, seen_consent: null, offering_id: null, outreach: false, max_length: 6,
//     limit: 3, width: 32, most_ties: 1000, above: 0.0}}
//
// How. From one end walks of one and two ties, from the other end backward the same. Over all ties of who has `most_ties`
// at most; of who has more, over the best 32 (CLOSE_TO, backward CLOSE_FROM). Of members one tie away the `width` best are
// walked on from. The third tie of each end is met, not walked: of the `width` best members two ties away only the ties
// to who is reached from the other end too are made into halves of chains.
//
// What is claimed, for simple chains of at most `max_length` ties that obey the rules: nothing is missed that scores
// strictly above `complete_above`, of chains whose first half is of CLOSE_TO and whose second half is of CLOSE_FROM (the
// tie in the middle of an odd number may be of either). It is the largest of what was let go:
// - of members one and two ties away beyond the `width`: what their walks with one tie more may score at most
//   (`close_to_best`, `close_from_best`), times the best half that the other end has for a chain so long;
// - where many halves meet at one member, of the first half beyond the `limit` + 3 best of each end, times the best other;
// - `above`, which the caller knows already, so all is passed over that cannot score higher;
// - of chains with a tie younger than as_of (an oddity that is looked for at the end).
// Over KNOWS the same holds above `complete_above_all_ties`: for every member who was walked on from over a list that
// does not hold all their ties, their score times the last one listed times the best half of the other end is counted in.
// That half is of listed ties; where it is not, the other end counts the tie in that is not, or that is nearer to it.
// So when a threshold is no more than the last row's score, the rows are the best there are.
//
// Rules, all of them inside the search, so that the next best chain is found. Who stands in between may introduce, is not
// to be avoided and, where that is asked, may be named, and is of the enterprise's slice: its customer, or of its alliance
// by consent; so are both ends. The first contact may be named. Where the answer is for the eyes of one enterprise
// (`seen_by`; `seen_consent` as `consent` in slice.cypher), who may be named must be of its slice for that. No hop joins two who block each other; such two have no
// chain. In an outreach nobody has opted out, and nobody but the target is a detractor of the offering. Blocks and opt-outs
// of any time count, unless as_of lies before the realm's last event.
//
// One row a chain, best first; one row without a chain when there is none. Each row says whether the ends and the
// enterprise are there, and `fewest_unlisted`: how many ties at least `most_ties` must be for a chain to be found that is
// better than the last row and not found for a list; null when there is none. Lists are cut after sorting, since LIMIT would charge a whole row to memory for each entry.
OPTIONAL MATCH (sender:Member {realm: $realm, member_id: $ask.from_id})
USING INDEX sender:Member(realm, member_id)
OPTIONAL MATCH (target:Member {realm: $realm, member_id: $ask.to_id})
USING INDEX target:Member(realm, member_id)
OPTIONAL MATCH (enterprise:Enterprise {realm: $realm, enterprise_id: $ask.slice_enterprise_id})
USING INDEX enterprise:Enterprise(realm, enterprise_id)
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
USING INDEX offering:Offering(realm, offering_id)
OPTIONAL MATCH (realm:Realm {realm: $realm})
USING INDEX realm:Realm(realm)
WITH sender, target, enterprise, offering, coalesce(realm.half_life_days, 90.0) * 86400 AS half_life_s,
  coalesce($ask.as_of < realm.last_event_at, true) AS past,
  CASE WHEN EXISTS { (enterprise)-[:ALLIED_IN]->() } THEN coalesce(realm.alliance_consent_default, false) END AS consent
WITH sender, target, enterprise, offering, half_life_s, past, consent, {
    from_known: sender IS NOT NULL, to_known: target IS NOT NULL, enterprise_known: enterprise IS NOT NULL
  } AS facts,
  sender <> target
  AND NOT EXISTS { (sender)-[b:BLOCKS]-(target) WHERE NOT past OR coalesce(b.at <= $ask.as_of, true) }
  AND NOT ($ask.outreach AND any(
    m IN [sender, target]
    WHERE m.opted_out_at IS NOT NULL AND (NOT past OR m.opted_out_at <= $ask.as_of)
  ))
  AND NOT ($ask.outreach AND EXISTS {
    (sender)-[x:EXPERIENCED]->(offering)
    WHERE x.sentiment <= -0.5 AND coalesce(coalesce(x.last_at, x.first_at) <= $ask.as_of, true)
  })
  AND ($ask.slice_enterprise_id IS NULL OR all(
    m IN [sender, target]
    WHERE (consent IS NOT NULL AND coalesce(m.alliance_consent, consent))
      OR EXISTS {
        (m)-[c:CUSTOMER_OF]->(enterprise)
        WHERE coalesce(c.since <= $ask.as_of, true) AND coalesce(c.until > $ask.as_of, true)
      }
  )) AS open

// All walks of one and two ties, from each end; the best first
UNWIND [true, false] AS forward
CALL (sender, target, enterprise, offering, past, consent, open, forward) {
  WITH enterprise, offering, past, consent, open, forward, CASE WHEN forward THEN sender ELSE target END AS start,
    CASE WHEN forward THEN target ELSE sender END AS end,
    CASE WHEN forward THEN ($ask.max_length + 1) / 2 ELSE $ask.max_length / 2 END AS rounds,
    coalesce(CASE WHEN forward THEN target.close_from_best ELSE sender.close_to_best END, 1.0) AS last_best
  WITH forward, end, rounds, reduce(
      walks = CASE WHEN open THEN [{node: start, score: 1.0, bound: 1.0, chain: [start], pass_ons: []}] ELSE [] END,
      round IN range(1, CASE WHEN rounds > 2 THEN 2 ELSE rounds END)
      | walks + COLLECT {
        UNWIND CASE
          WHEN round = 1 THEN walks
          ELSE [
            w IN walks
            WHERE size(w.pass_ons) = 1 AND w.node <> end AND w.bound * last_best > $ask.above
          ][..$ask.width]
        END AS w
        WITH w, w.node AS u, w.score AS so_far, w.chain AS chain, last_best, forward, end, round,
          enterprise, offering, past, consent
        WITH w, u, so_far, chain, last_best, forward, end, round, enterprise, offering, past, consent,
          [(u)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= $ask.as_of, true) | m] AS shut
        CALL (u, forward) {
          WITH u, forward
          WHERE forward AND COUNT { (u)-[:KNOWS]->() } <= $ask.most_ties
          MATCH (u)-[k:KNOWS]->(v)
          RETURN v, k.pass_on AS pass_on
          UNION ALL
          WITH u, forward
          WHERE forward AND COUNT { (u)-[:KNOWS]->() } > $ask.most_ties
          MATCH (u)-[c:CLOSE_TO]->(v)
          RETURN v, c.pass_on AS pass_on
          UNION ALL
          WITH u, forward
          WHERE NOT forward AND COUNT { (u)<-[:KNOWS]-() } <= $ask.most_ties
          MATCH (u)<-[k:KNOWS]-(v)
          RETURN v, k.pass_on AS pass_on
          UNION ALL
          WITH u, forward
          WHERE NOT forward AND COUNT { (u)<-[:KNOWS]-() } > $ask.most_ties
          MATCH (u)-[c:CLOSE_FROM]->(v)
          RETURN v, c.pass_on AS pass_on
        }
        WITH w, v, chain, last_best, forward, end, round, enterprise, offering, past, consent, shut, pass_on,
          so_far * pass_on AS score
        WHERE score * CASE WHEN v = end THEN 1.0 ELSE last_best END > $ask.above
          AND NOT v IN chain
          AND NOT v IN shut
          AND (
            v = end
            OR (
              coalesce(v.can_introduce, true)
              AND NOT v.member_id IN $ask.avoid_ids
              AND (NOT $ask.only_named AND NOT (forward AND round = 1)
                OR (coalesce(v.can_be_named, true) AND (
                  $ask.seen_by IS NULL
                  OR ($ask.seen_consent IS NOT NULL AND coalesce(v.alliance_consent, $ask.seen_consent))
                  OR EXISTS {
                    MATCH (v)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: $ask.seen_by})
                    WHERE coalesce(customer.since <= $ask.as_of, true) AND coalesce(customer.until > $ask.as_of, true)
                  }
                )))
              AND ($ask.slice_enterprise_id IS NULL
                OR (consent IS NOT NULL AND coalesce(v.alliance_consent, consent))
                OR EXISTS {
                  MATCH (v)-[c:CUSTOMER_OF]->(enterprise)
                  WHERE coalesce(c.since <= $ask.as_of, true) AND coalesce(c.until > $ask.as_of, true)
                })
              AND (NOT $ask.outreach OR (
                (v.opted_out_at IS NULL OR (past AND v.opted_out_at > $ask.as_of))
                AND NOT EXISTS {
                  MATCH (v)-[x:EXPERIENCED]->(offering)
                  WHERE x.sentiment <= -0.5 AND coalesce(coalesce(x.last_at, x.first_at) <= $ask.as_of, true)
                }
              ))
            )
          )
        WITH w, v, chain, score, pass_on, score * CASE
            WHEN round = 2 THEN 1.0
            WHEN forward THEN coalesce(v.close_to_best, 1.0)
            ELSE coalesce(v.close_from_best, 1.0)
          END AS bound
        RETURN {node: v, score: score, bound: bound, chain: chain + [v], pass_ons: w.pass_ons + [pass_on]} AS walk
        ORDER BY bound DESC, v, chain
      }
    ) AS walks

  // Who is two ties away, with the best of those walks, by what the third tie may be at most
  CALL (walks, forward, end, rounds) {
    UNWIND [w IN walks WHERE size(w.pass_ons) = 2] AS w
    WITH w.node AS node, collect(w)[..$ask.limit + 3] AS best, forward, end, rounds
    WHERE node <> end AND rounds > 2
    WITH node, best, best[0].score * CASE
        WHEN forward THEN coalesce(node.close_to_best, 1.0)
        ELSE coalesce(node.close_from_best, 1.0)
      END AS bound
    ORDER BY bound DESC, node
    RETURN collect({node: node, walks: best, score: best[0].score, bound: bound}) AS wide
  }
  WITH walks, wide, [w IN walks WHERE size(w.pass_ons) = 0 AND rounds > 0] AS first,
    [w IN walks WHERE size(w.pass_ons) = 1 AND rounds > 1 AND w.node <> end] AS second
  RETURN {
    walks: walks,
    expanded: first + second[..$ask.width],
    nodes: [w IN walks | w.node],
    wide: wide[..$ask.width],
    one: reduce(best = 0.0, w IN walks | CASE WHEN size(w.pass_ons) = 1 AND w.score > best THEN w.score ELSE best END),
    two: [w IN walks WHERE size(w.pass_ons) = 2 | w.score][0],
    three: wide[0].bound,
    second_cut: second[$ask.width].bound,
    third_cut: wide[$ask.width].bound
  } AS half
}
WITH sender, target, enterprise, offering, half_life_s, past, consent, facts, collect(half) AS halves
WITH sender, target, enterprise, offering, half_life_s, past, consent, facts, halves[0] AS fore, halves[1] AS back
WITH sender, target, enterprise, offering, half_life_s, past, consent, facts, fore, back,
  CASE WHEN back.three > back.two THEN back.three ELSE coalesce(back.two, 0.0) END AS rest,
  CASE WHEN fore.three > fore.two THEN fore.three ELSE coalesce(fore.two, 0.0) END AS lead

// Third ties: of the one end to anyone, of the other end to whom the one end reaches
CALL (fore, back, rest) {
  WITH [f IN fore.wide WHERE f.bound * rest > $ask.above] AS wide, back.nodes AS nodes,
    coalesce(back.three, 0.0) AS three
  UNWIND range(0, size(wide) - 1) AS place
  WITH wide[place].node AS u, wide[place].score AS so_far, place, nodes, three
  CALL (u) {
    WITH u
    WHERE COUNT { (u)-[:KNOWS]->() } <= $ask.most_ties
    MATCH (u)-[k:KNOWS]->(m)
    RETURN m, k.pass_on AS pass_on
    UNION ALL
    WITH u
    WHERE COUNT { (u)-[:KNOWS]->() } > $ask.most_ties
    MATCH (u)-[c:CLOSE_TO]->(m)
    RETURN m, c.pass_on AS pass_on
  }
  WITH place, m, nodes, three, pass_on, so_far * pass_on AS score
  WHERE score * three > $ask.above OR (score > $ask.above AND m IN nodes)
  RETURN collect([place, m, pass_on]) AS thirds
}
CALL (fore, back, thirds, lead) {
  WITH [f IN back.wide WHERE f.bound * lead > $ask.above] AS wide, fore.nodes + [t IN thirds | t[1]] AS nodes, lead
  UNWIND range(0, size(wide) - 1) AS place
  WITH wide[place].node AS u, wide[place].score AS so_far, place, nodes, lead
  CALL (u, nodes) {
    WITH u, nodes
    WHERE COUNT { (u)<-[:KNOWS]-() } <= $ask.most_ties
    MATCH (u)<-[k:KNOWS]-(m)
    WHERE m IN nodes
    RETURN m, k.pass_on AS pass_on
    UNION ALL
    WITH u, nodes
    WHERE COUNT { (u)<-[:KNOWS]-() } > $ask.most_ties
    MATCH (u)-[c:CLOSE_FROM]->(m)
    WHERE m IN nodes
    RETURN m, c.pass_on AS pass_on
  }
  WITH place, m, pass_on, so_far * pass_on AS score
  WHERE score > $ask.above
  RETURN collect([place, m, pass_on]) AS met
}
// The third ties that meet, each with the rules it was walked without, as halves of three ties
WITH sender, target, enterprise, offering, half_life_s, past, consent, facts, fore, back, rest, lead, thirds, met,
  back.nodes + [t IN met | t[1]] AS reached
UNWIND [true, false] AS forward
CALL (target, sender, enterprise, offering, past, consent, fore, back, thirds, met, reached, forward) {
  WITH CASE WHEN forward THEN fore.wide ELSE back.wide END AS wide,
    CASE WHEN forward THEN target ELSE sender END AS end, enterprise, offering, past, consent,
    CASE WHEN forward THEN [t IN thirds WHERE t[1] IN reached] ELSE met END AS ties
  UNWIND ties AS t
  WITH wide[t[0]].node AS u, t[1] AS v, t[2] AS pass_on, wide[t[0]].walks AS walks, end,
    enterprise, offering, past, consent
  WHERE NOT EXISTS { (u)-[b:BLOCKS]-(v) WHERE NOT past OR coalesce(b.at <= $ask.as_of, true) }
    AND (
      v = end
      OR (
        coalesce(v.can_introduce, true)
        AND NOT v.member_id IN $ask.avoid_ids
        AND (NOT $ask.only_named OR (coalesce(v.can_be_named, true) AND (
            $ask.seen_by IS NULL
            OR ($ask.seen_consent IS NOT NULL AND coalesce(v.alliance_consent, $ask.seen_consent))
            OR EXISTS {
              MATCH (v)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: $ask.seen_by})
              WHERE coalesce(customer.since <= $ask.as_of, true) AND coalesce(customer.until > $ask.as_of, true)
            }
          )))
        AND ($ask.slice_enterprise_id IS NULL
          OR (consent IS NOT NULL AND coalesce(v.alliance_consent, consent))
          OR EXISTS {
            (v)-[c:CUSTOMER_OF]->(enterprise)
            WHERE coalesce(c.since <= $ask.as_of, true) AND coalesce(c.until > $ask.as_of, true)
          })
        AND (NOT $ask.outreach OR (
          (v.opted_out_at IS NULL OR (past AND v.opted_out_at > $ask.as_of))
          AND NOT EXISTS {
            (v)-[x:EXPERIENCED]->(offering)
            WHERE x.sentiment <= -0.5 AND coalesce(coalesce(x.last_at, x.first_at) <= $ask.as_of, true)
          }
        ))
      )
    )
  UNWIND walks AS w
  WITH v, w, pass_on
  WHERE NOT v IN w.chain
  RETURN collect({
      node: v, score: w.score * pass_on, chain: w.chain + [v], pass_ons: w.pass_ons + [pass_on]
    }) AS halves
}
WITH facts, half_life_s, fore, back, rest, lead, reached, collect(halves) AS longest
WITH facts, half_life_s, fore, back, rest, lead, reached, longest[0] AS longest_fore, longest[1] AS longest_back,
  fore.nodes + [h IN longest[0] | h.node] AS lent

// Where both ends meet: at each member the best halves of either
CALL (fore, back, longest_fore, longest_back, reached, lent) {
  UNWIND [h IN fore.walks WHERE h.node IN reached | [true, h]] + [h IN longest_fore | [true, h]]
    + [h IN back.walks WHERE h.node IN lent | [false, h]] + [h IN longest_back | [false, h]] AS x
  WITH x[0] AS forward, x[1] AS h
  ORDER BY h.score DESC, size(h.chain), h.chain
  WITH h.node AS node, collect(CASE WHEN forward THEN h END) AS first,
    collect(CASE WHEN NOT forward THEN h END) AS second
  WITH node, first, second, $ask.limit + 3 AS most
  WHERE first[0].score * second[0].score > $ask.above
  RETURN collect([first[..most], second[..most]]) AS meetings,
    max(first[most].score * second[0].score) AS cut_first, max(first[0].score * second[most].score) AS cut_second
}
CALL (meetings) {
  UNWIND meetings AS halves
  UNWIND halves[0] AS a
  UNWIND halves[1] AS b
  WITH a, b, a.score * b.score AS score, b.chain[-2] AS contact
  WHERE score > $ask.above
    AND none(m IN b.chain[..-1] WHERE m IN a.chain)
    AND (size(a.chain) > 1 OR size(b.chain) = 2 OR (coalesce(contact.can_be_named, true) AND (
        $ask.seen_by IS NULL
        OR ($ask.seen_consent IS NOT NULL AND coalesce(contact.alliance_consent, $ask.seen_consent))
        OR EXISTS {
          MATCH (contact)-[customer:CUSTOMER_OF]->(:Enterprise {realm: $realm, enterprise_id: $ask.seen_by})
          WHERE coalesce(customer.since <= $ask.as_of, true) AND coalesce(customer.until > $ask.as_of, true)
        }
      )))
  WITH a, b, score
  ORDER BY score DESC, size(a.chain) + size(b.chain), a.chain, b.chain
  WITH collect([a, b])[..8 * $ask.limit] AS joined // each chain at most four times
  UNWIND joined AS j
  WITH DISTINCT j[0].chain + reverse(j[1].chain[..-1]) AS chain, j[0].pass_ons + reverse(j[1].pass_ons) AS pass_ons
  WITH chain, pass_ons, reduce(score = 1.0, p IN pass_ons | score * p) AS score,
    [m IN chain | m.member_id] AS member_ids
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
WITH facts, fore, back, rest, lead, [x IN checked WHERE size(x.strengths) = size(x.e.pass_ons)] AS kept, reduce(
    most = $ask.above,
    s IN [fore.second_cut * back.one, back.second_cut * fore.one, fore.third_cut * rest, back.third_cut * lead]
      + [cut_first, cut_second] + [x IN checked WHERE size(x.strengths) <> size(x.e.pass_ons) | x.e.score]
    | CASE WHEN s > most THEN s ELSE most END
  ) AS complete_above
WITH facts, fore, back, rest, lead, kept, complete_above,
  CASE WHEN size(kept) = $ask.limit THEN kept[-1].e.score ELSE $ask.above END AS wanted

// Members whose list does not hold all their ties
CALL (fore, back, rest, lead, complete_above, wanted) {
  UNWIND [w IN fore.expanded | [w.node, w.score * CASE WHEN w.pass_ons = [] THEN 1.0 ELSE back.one END]]
    + [f IN fore.wide | [f.node, f.score * rest]] AS x
  WITH x[0] AS u, x[1] AS most, complete_above, wanted
  WITH u, most, complete_above, wanted, COUNT { (u)-[:KNOWS]->() } AS ties
  WHERE most > complete_above AND ties > $ask.most_ties AND ties > COUNT { (u)-[:CLOSE_TO]->() }
  OPTIONAL MATCH (u)-[c:CLOSE_TO]->()
  WITH u, most, wanted, ties, coalesce(min(c.pass_on), 1.0) AS least
  RETURN max(most * least) AS unlisted_from, min(CASE WHEN most * least > wanted THEN ties END) AS fewest_from
}
CALL (fore, back, rest, lead, complete_above, wanted) {
  UNWIND [w IN back.expanded | [w.node, w.score * CASE WHEN w.pass_ons = [] THEN 1.0 ELSE fore.one END]]
    + [f IN back.wide | [f.node, f.score * lead]] AS x
  WITH x[0] AS u, x[1] AS most, complete_above, wanted
  WITH u, most, complete_above, wanted, COUNT { (u)<-[:KNOWS]-() } AS ties
  WHERE most > complete_above AND ties > $ask.most_ties AND ties > COUNT { (u)-[:CLOSE_FROM]->() }
  OPTIONAL MATCH (u)-[c:CLOSE_FROM]->()
  WITH u, most, wanted, ties, coalesce(min(c.pass_on), 1.0) AS least
  RETURN max(most * least) AS unlisted_to, min(CASE WHEN most * least > wanted THEN ties END) AS fewest_to
}
WITH facts, kept, complete_above,
  CASE WHEN fewest_to < coalesce(fewest_from, fewest_to + 1) THEN fewest_to ELSE fewest_from END AS fewest_unlisted,
  reduce(
    most = complete_above, s IN [unlisted_from, unlisted_to]
    | CASE WHEN s > most THEN s ELSE most END
  ) AS complete_above_all_ties
UNWIND CASE WHEN kept = [] THEN [null] ELSE kept END AS x
WITH facts, x, complete_above, complete_above_all_ties, fewest_unlisted
LIMIT 10
RETURN
  facts.from_known AS from_known,
  facts.to_known AS to_known,
  facts.enterprise_known AS enterprise_known,
  x.e.member_ids AS member_ids,
  [m IN x.e.chain[1..-1] WHERE m.can_be_named = false | m.member_id] AS unnamed_ids,
  x.e.pass_ons AS pass_ons,
  x.strengths AS strengths,
  x.e.score AS score,
  complete_above,
  complete_above_all_ties,
  fewest_unlisted
ORDER BY score DESC, size(member_ids), member_ids
