// Members alike to the sender in what both experienced, each with the best chain found to them.
// @kind source   @owner growth   @timeout 60s   @max_rows 20000   @maturity stable
//   :params {realm: "demo", width: 64, beam: 8, targets: 64, quotas: [8, 8, 8, 4, 2, 2], max_length: 6, min_degree: 1,
//     max_degree: 6, detractor_sentiment: -0.5,
//     anchors: [{sender_id: "m1", offering_id: null, as_of: 1760000000, avoid_ids: []}]}
//
// How. Of the sender's latest 50 experiences, up to 50 members each who had the same before as_of (a LIMIT without order,
// so that an offering with 100,000 adopters costs what others cost: Neo4j reads the newest written first), ranked by how
// many they share. Each needs a chain: three rounds forward over CLOSE_TO (the contacts, 128 more, and whom these reach)
// and, for who is not met so, one round backward over CLOSE_FROM, which has a tenth of the rows of two forward and two
// backward. Such chains have at most four ties. Who has none is left out and counted in `no_chain`.
// Rules are the walk's: who may introduce, who may be reached, blocks on any hop, ties younger than as_of.
// Nothing is certified of what comes from here: both thresholds are 1.
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
    coalesce(anchor.as_of < realm.last_event_at, true) AS past
  WITH sender, offering, as_of, avoid_ids, half_life_s, past,
    [(sender)-[b:BLOCKS]-(m) WHERE NOT past OR coalesce(b.at <= as_of, true) | m] AS blocked
  CALL (sender, as_of) {
    MATCH (sender)-[e:EXPERIENCED]->(o:Offering)
    WITH e.first_at AS at, o
    LIMIT 2048
    WHERE at < as_of
    WITH o, at
    ORDER BY at DESC, o.offering_id
    LIMIT 50
    RETURN collect(o) AS mine
  }
  CALL (sender, offering, as_of, past, blocked, mine) {
    UNWIND mine AS o
    CALL (o, as_of) {
      MATCH (o)<-[e:EXPERIENCED]-(v:Member)
      WITH e.first_at AS at, v
      LIMIT 50
      WHERE at < as_of
      RETURN v
    }
    WITH sender, offering, as_of, past, blocked, v, count(*) AS common
    WHERE v <> sender
      AND NOT v IN blocked
      AND coalesce(v.can_be_reached, true)
      AND (v.opted_out_at IS NULL OR (past AND v.opted_out_at > as_of))
    WITH offering, as_of, v, common
    ORDER BY common DESC, v.member_id
    LIMIT 512
    WHERE NOT EXISTS {
      (v)-[x:EXPERIENCED]->(offering)
      WHERE coalesce(x.first_at <= as_of, true)
        OR (x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true))
    }
    WITH v, common
    ORDER BY common DESC, v.member_id
    LIMIT 2 * $targets
    RETURN collect({node: v, common: common}) AS alike
  }
  // Forward: the sender's contacts, and theirs, each by the best chain
  CALL (sender, offering, as_of, avoid_ids) {
    MATCH (sender)-[c:CLOSE_TO]->(v:Member)
    WHERE c.pass_on > 0
    WITH sender, offering, as_of, avoid_ids, c, v
    ORDER BY c.pass_on DESC, v.member_id
    RETURN collect({
      node: v, chain: [sender, v], pass_ons: [c.pass_on], score: c.pass_on,
      introduces: coalesce(v.can_introduce, true) AND NOT v.member_id IN avoid_ids
        AND NOT EXISTS {
          (v)-[x:EXPERIENCED]->(offering)
          WHERE x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true)
        }
    }) AS contacts
  }
  CALL (sender, offering, as_of, avoid_ids, contacts) {
    WITH sender, offering, as_of, avoid_ids, contacts, [f IN contacts | f.node] AS contact_nodes
    UNWIND CASE WHEN $max_length >= 2 THEN [i IN range(0, size(contacts) - 1) WHERE contacts[i].introduces] ELSE [] END AS i
    WITH sender, offering, as_of, avoid_ids, contacts, contact_nodes, i, contacts[i].node AS u, contacts[i].score AS so_far
    MATCH (u)-[c:CLOSE_TO]->(v:Member)
    WHERE c.pass_on > 0 AND v <> sender AND NOT v IN contact_nodes
    WITH offering, as_of, avoid_ids, contacts, v, i, c.pass_on AS pass_on, so_far * c.pass_on AS score
    ORDER BY score DESC, i
    WITH offering, as_of, avoid_ids, contacts, v, collect([i, pass_on, score])[0] AS first
    ORDER BY first[2] DESC, v.member_id
    LIMIT 128
    WITH offering, as_of, avoid_ids, v,
      {chain: contacts[first[0]].chain, pass_ons: contacts[first[0]].pass_ons, pass_on: first[1], score: first[2]} AS best
    RETURN collect({
      node: v, chain: best.chain + [v], pass_ons: best.pass_ons + [best.pass_on], score: best.score,
      introduces: coalesce(v.can_introduce, true) AND NOT v.member_id IN avoid_ids
        AND NOT EXISTS {
          (v)-[x:EXPERIENCED]->(offering)
          WHERE x.sentiment <= $detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= as_of, true)
        }
    }) AS theirs
  }
  WITH sender, offering, as_of, avoid_ids, half_life_s, past, size(mine) AS experiences, alike, contacts + theirs AS forward
  WITH sender, offering, as_of, avoid_ids, half_life_s, past, experiences, alike, forward,
    [f IN forward WHERE f.introduces] AS joints, [f IN forward WHERE f.introduces | f.node] AS joint_nodes
  // A third round forward, to anybody
  CALL (joints) {
    UNWIND [i IN range(0, size(joints) - 1) WHERE size(joints[i].chain) <= $max_length] AS i
    WITH i, joints[i].node AS u, joints[i].chain AS chain, joints[i].score AS so_far
    MATCH (u)-[c:CLOSE_TO]->(v:Member)
    WHERE c.pass_on > 0 AND NOT v IN chain
    WITH v, i, c.pass_on AS pass_on, so_far * c.pass_on AS score
    ORDER BY score DESC, i
    WITH v, collect([i, pass_on, score])[..4] AS hits
    RETURN collect({node: v, hits: hits}) AS third
  }
  WITH *, [a IN alike | a.node] AS wanted, [t IN third | t.node] AS third_nodes, [f IN forward | f.node] AS forward_nodes
  WITH *, [t IN third WHERE t.node IN wanted] AS reached
  // One round backward from who was not met yet, to where the third round came
  CALL (wanted, forward_nodes, third_nodes, offering, as_of, avoid_ids) {
    UNWIND [v IN wanted WHERE NOT v IN forward_nodes AND NOT v IN third_nodes] AS target
    MATCH (target)-[c:CLOSE_FROM]->(x:Member)
    WHERE x IN third_nodes
      AND c.pass_on > 0
      AND coalesce(x.can_introduce, true)
      AND NOT x.member_id IN avoid_ids
      AND NOT EXISTS {
        (x)-[d:EXPERIENCED]->(offering)
        WHERE d.sentiment <= $detractor_sentiment AND coalesce(coalesce(d.last_at, d.first_at) <= as_of, true)
      }
    RETURN collect([x, target, c.pass_on]) AS last_hops
  }
  CALL (third, last_hops, joints) {
    UNWIND [t IN third | [t.node, t.hits, null]] + [h IN last_hops | [h[0], null, h]] AS half
    WITH half[0] AS x, head(collect(half[1])) AS hits, collect(half[2]) AS ends
    UNWIND ends AS end
    UNWIND hits AS h
    WITH x, end[1] AS target, end[2] AS last, h, joints[h[0]].chain AS chain, joints[h[0]].pass_ons AS pass_ons
    WHERE NOT target IN chain AND size(chain) < $max_length
    WITH target, {chain: chain + [x, target], pass_ons: pass_ons + [h[1], last], score: h[2] * last} AS way
    ORDER BY way.score DESC, [m IN way.chain | m.member_id]
    WITH target, collect(way)[..4] AS met
    RETURN collect({node: target, met: met}) AS behind
  }
  UNWIND CASE WHEN alike = [] THEN [null] ELSE alike END AS a
  WITH *, a.node AS target
  WITH *, [f IN forward WHERE f.node = target AND size(f.chain) - 1 <= $max_length | f {.chain, .pass_ons, .score}]
    + reduce(all = [], x IN [x IN reached WHERE x.node = target] | all + [
      h IN x.hits
      | {chain: joints[h[0]].chain + [target], pass_ons: joints[h[0]].pass_ons + [h[1]], score: h[2]}
    ]) AS near, reduce(all = [], x IN [x IN behind WHERE x.node = target] | all + x.met) AS met
  CALL (near, met) {
    UNWIND near + met AS way
    WITH way
    ORDER BY way.score DESC, size(way.chain), [m IN way.chain | m.member_id]
    RETURN collect(way)[..4] AS ways, min(size(way.chain)) - 1 AS degree
  }
  // The best way whose every hop is old enough and joins no two who block each other
  CALL (ways, as_of, past, half_life_s) {
    UNWIND ways AS way
    WITH way, COLLECT {
      UNWIND range(0, size(way.chain) - 2) AS i
      WITH i, way.chain[i] AS u, way.chain[i + 1] AS v
      MATCH (u)-[k:KNOWS]->(v)
      WHERE coalesce(k.since <= as_of, true)
        AND NOT EXISTS { (u)-[b:BLOCKS]-(v) WHERE NOT past OR coalesce(b.at <= as_of, true) }
      RETURN CASE
          WHEN k.last_at <= as_of THEN k.strength * 0.5 ^ ((as_of - k.last_at) / half_life_s)
          WHEN k.last_at IS NULL THEN k.strength
        END AS strength
      ORDER BY i
    } AS strengths
    WHERE size(strengths) = size(way.pass_ons)
    WITH way, strengths
    ORDER BY way.score DESC, size(way.chain), [m IN way.chain | m.member_id]
    RETURN head(collect({chain: way.chain, pass_ons: way.pass_ons, score: way.score, strengths: strengths})) AS found
  }
  WITH sender, a, experiences, found, degree
  ORDER BY a.common DESC, found.score DESC, a.node.member_id
  WITH sender, collect({
      target_id: a.node.member_id, member_ids: [m IN found.chain | m.member_id], pass_ons: found.pass_ons,
      strengths: found.strengths, score: found.score, degree: degree, similarity: a.common / (1.0 * experiences)
    }) AS all
  WITH [x IN all WHERE x.score IS NOT NULL AND $min_degree <= x.degree <= $max_degree][..$targets] AS chosen,
    size([x IN all WHERE x.target_id IS NOT NULL AND x.score IS NULL]) AS no_chain
  UNWIND CASE WHEN chosen = [] THEN [null] ELSE chosen END AS row
  RETURN row, no_chain
}
RETURN anchor_no, row.target_id AS target_id, row.member_ids AS member_ids, row.pass_ons AS pass_ons,
  row.strengths AS strengths, row.score AS score, row.degree AS degree, row.similarity AS similarity, no_chain,
  1.0 AS complete_above, 1.0 AS complete_above_all_ties
ORDER BY anchor_no, similarity DESC, score DESC, target_id
LIMIT 20000
