// Which candidates may not be shown, and why, the cheapest reasons first; and who in their chains may not be named.
// Consent and blocks always hold; `filters` switches on has_adopted, declined and fatigued.
// @kind filter   @owner growth   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", as_of: 1760000000, filters: ["has_adopted", "declined", "fatigued"],
//     reached_within_s: 2592000, most_reached: 2, declined_within_s: 15552000,
//     about: [{offering_id: "o7", candidates: [{no: 0, target_id: "m9", introducer_ids: ["m7"]}]}]}}
//
// One row: `found` are [no, removed_by, unnamed_ids, named, community_id, asked_lately, asks_few, moderates].
// `asks_few`: someone in between, or the target, has more contacts than all but a hundredth of the members have. Whoever is to be named in between is
// asked for once; a contact who may not be named takes the chain out.
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
USING INDEX sender:Member(realm, member_id)
OPTIONAL MATCH (realm:Realm {realm: $realm})
USING INDEX realm:Realm(realm)
WITH *, coalesce(realm.top_ties, 1000000000) AS top_ties
CALL (top_ties) {
  UNWIND $ask.about AS about
  UNWIND about.candidates AS candidate
  UNWIND candidate.introducer_ids AS introducer_id
  WITH DISTINCT introducer_id
  MATCH (introducer:Member {realm: $realm, member_id: introducer_id})
  USING INDEX introducer:Member(realm, member_id)
  RETURN collect(CASE WHEN introducer.can_be_named = false THEN introducer_id END) AS unnamed_ids,
    collect(CASE WHEN COUNT { (introducer)-[:KNOWS]->() } > top_ties THEN introducer_id END) AS top_ids
}
UNWIND $ask.about AS about
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: about.offering_id})
USING INDEX offering:Offering(realm, offering_id)
UNWIND about.candidates AS candidate
MATCH (target:Member {realm: $realm, member_id: candidate.target_id})
USING INDEX target:Member(realm, member_id)
WITH sender, offering, candidate, target, top_ties, unnamed_ids, top_ids,
  size([at IN coalesce(target.reached_at, []) WHERE $ask.as_of - $ask.reached_within_s < at <= $ask.as_of]) AS reached_lately
WITH
  candidate.no AS no,
  CASE
    WHEN target.opted_out_at <= $ask.as_of THEN 'opted_out'
    WHEN target.can_be_reached = false THEN 'cannot_be_reached'
    WHEN target.can_be_named = false THEN 'cannot_be_named'
    WHEN candidate.introducer_ids[0] IN unnamed_ids THEN 'contact_cannot_be_named'
    WHEN EXISTS {
      (sender)-[:BLOCKS]-(target)
    } THEN 'blocked'
    WHEN 'fatigued' IN $ask.filters AND reached_lately >= $ask.most_reached THEN 'fatigued'
    WHEN 'has_adopted' IN $ask.filters AND EXISTS {
      MATCH (target)-[experience:EXPERIENCED]->(offering)
      WHERE experience.first_at <= $ask.as_of
    } THEN 'has_adopted'
    WHEN 'declined' IN $ask.filters AND target.reached_at IS NOT NULL AND EXISTS {
      MATCH (target)<-[hop:HOP]-(outreach:Outreach)
      WITH hop, outreach, offering
      LIMIT 256
      MATCH (outreach)-[:ABOUT]->(offering)
      WHERE outreach.outcome IN ['declined', 'opted_out', 'complained']
        AND $ask.as_of - $ask.declined_within_s < coalesce(outreach.outcome_at, outreach.at) <= $ask.as_of
        AND coalesce(outreach.last_position <= hop.position, true)
        AND NOT EXISTS { (outreach)-[later:HOP]->() WHERE later.position > hop.position }
    } THEN 'declined'
    ELSE ''
  END AS removed_by,
  [introducer_id IN candidate.introducer_ids WHERE introducer_id IN unnamed_ids] AS unnamed_ids,
  coalesce(target.can_be_named, true) AS named,
  coalesce(head(COLLECT {
    MATCH (target)-[membership:BELONGS_TO]->(community:Community)
    WITH membership, community
    LIMIT 64
    WHERE coalesce(membership.until > $ask.as_of, true)
    RETURN community.community_id
    ORDER BY coalesce(membership.weight, 1.0) DESC, community.community_id
    LIMIT 1
  }), '') AS community_id,
  reached_lately AS asked_lately,
  COUNT { (target)-[:KNOWS]->() } > top_ties OR any(id IN candidate.introducer_ids WHERE id IN top_ids) AS asks_few
ORDER BY no
RETURN collect([no, removed_by, unnamed_ids, named, community_id, asked_lately, asks_few, false]) AS found
LIMIT 1
