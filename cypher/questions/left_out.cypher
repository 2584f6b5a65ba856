// Whom the rules of a walk keep out next to the chains that were found, and by which rule: what `explain` lists of it.
// @kind question   @owner platform   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {back: false, end_ids: ["m1"], as_of: 1760000000, detractor_sentiment: -0.5,
//     experienced_introducers: false, most_asked: 64, asked_within_s: 604800, most_sent: 20, sent_within_s: 604800, most: 200,
//     about: [{offering_id: "o7", around_ids: ["m1", "m7"], found_ids: ["m9"]}]}}
//
// Looked at is who is one of the best ties of `around_ids` away, onward from the sender or, with `back`, towards the target
// (`end_ids`). The rules are those of six_degree_walk and six_degree_walk_back, for who is asked for and then for who stands
// in between; who merely scores too low is under no rule, and who was found is only looked at as an introducer.
// One row: `found` are [offering_id, member_id, removed_by, named], at most `most`.
UNWIND $ask.about AS about
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: about.offering_id})
USING INDEX offering:Offering(realm, offering_id)
CALL (about) {
  UNWIND about.around_ids AS around_id
  MATCH (u:Member {realm: $realm, member_id: around_id})
  USING INDEX u:Member(realm, member_id)
  MATCH (u)-[c:CLOSE_TO|CLOSE_FROM]->(v:Member)
  WHERE c.pass_on > 0
    AND type(c) = CASE WHEN $ask.back THEN 'CLOSE_FROM' ELSE 'CLOSE_TO' END
    AND NOT v.member_id IN $ask.end_ids
  RETURN DISTINCT v
  ORDER BY v.member_id
  LIMIT 2048
}
WITH about, v,
  EXISTS { MATCH (v)-[x:EXPERIENCED]->(offering) WHERE coalesce(x.first_at <= $ask.as_of, true) } AS had,
  EXISTS {
    MATCH (v)-[x:EXPERIENCED]->(offering)
    WHERE coalesce(x.first_at <= $ask.as_of, true) AND coalesce(x.sentiment >= 0, true)
  } AS glad,
  EXISTS {
    MATCH (v)-[x:EXPERIENCED]->(offering)
    WHERE x.sentiment <= $ask.detractor_sentiment AND coalesce(coalesce(x.last_at, x.first_at) <= $ask.as_of, true)
  } AS detractor,
  EXISTS { MATCH (v)-[:BLOCKS]-(end:Member) WHERE end.member_id IN $ask.end_ids } AS blocked,
  size([at IN coalesce(v.asked_at, []) WHERE $ask.as_of - $ask.asked_within_s < at <= $ask.as_of]) AS asked,
  size([at IN coalesce(v.sent_at, []) WHERE $ask.as_of - $ask.sent_within_s < at <= $ask.as_of]) AS sent
WITH about, v,
  CASE
    WHEN v.member_id IN about.found_ids THEN null
    WHEN $ask.back AND (detractor OR NOT glad) THEN null // has nothing to send
    WHEN v.opted_out_at <= $ask.as_of THEN 'opted_out'
    WHEN NOT $ask.back AND v.can_be_reached = false THEN 'cannot_be_reached'
    WHEN v.can_be_named = false THEN 'cannot_be_named'
    WHEN blocked THEN 'blocked'
    WHEN $ask.back AND sent >= $ask.most_sent THEN 'over_attention_cap'
    WHEN NOT $ask.back AND detractor THEN 'detractor'
    WHEN NOT $ask.back AND had THEN 'has_adopted'
  END AS as_asked_for,
  CASE
    WHEN v.can_introduce = false THEN 'cannot_introduce'
    WHEN detractor THEN 'detractor'
    WHEN asked >= $ask.most_asked THEN 'over_load_cap'
    WHEN $ask.experienced_introducers AND NOT glad THEN 'lacks_experience'
  END AS as_introducer
UNWIND [as_asked_for, as_introducer] AS removed_by
WITH DISTINCT about.offering_id AS offering_id, v.member_id AS member_id, removed_by, coalesce(v.can_be_named, true) AS named
WHERE removed_by IS NOT NULL
ORDER BY offering_id, member_id, removed_by
LIMIT $ask.most
RETURN collect([offering_id, member_id, removed_by, named]) AS found
LIMIT 1
