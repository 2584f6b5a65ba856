// Which senders may not be shown as referrers, and why, the cheapest reasons first; and who in their chains may not be named.
// Consent, blocks, a good experience and the cap on what is asked of a sender always hold, as in the walk they come from;
// where `moderators` is set, who moderates a community of the target's needs no experience.
// @kind filter   @owner growth   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {as_of: 1760000000, sent_within_s: 604800, most_sent: 20, moderators: false,
//     about: [{offering_id: "o7", candidates: [{no: 0, sender_id: "m1", target_id: "m9", introducer_ids: ["m7"]}]}]}}
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
MATCH (sender:Member {realm: $realm, member_id: candidate.sender_id})
USING INDEX sender:Member(realm, member_id)
MATCH (target:Member {realm: $realm, member_id: candidate.target_id})
USING INDEX target:Member(realm, member_id)
WITH sender, offering, candidate, target, top_ties, unnamed_ids, top_ids,
  size([at IN coalesce(sender.sent_at, []) WHERE $ask.as_of - $ask.sent_within_s < at <= $ask.as_of]) AS sent_lately,
  $ask.moderators AND EXISTS {
    MATCH (sender)-[moderates:BELONGS_TO {role: 'moderator'}]->(circle:Community)
    WHERE coalesce(moderates.since <= $ask.as_of, true) AND coalesce(moderates.until > $ask.as_of, true)
      AND EXISTS {
        MATCH (target)-[belongs:BELONGS_TO]->(circle)
        WHERE coalesce(belongs.since <= $ask.as_of, true) AND coalesce(belongs.until > $ask.as_of, true)
      }
  } AS moderates
WITH moderates,
  candidate.no AS no,
  CASE
    WHEN sender.opted_out_at <= $ask.as_of THEN 'opted_out'
    WHEN sender.can_be_named = false THEN 'cannot_be_named'
    WHEN candidate.introducer_ids[0] IN unnamed_ids THEN 'contact_cannot_be_named'
    WHEN EXISTS {
      (sender)-[:BLOCKS]-(target)
    } THEN 'blocked'
    WHEN sent_lately >= $ask.most_sent THEN 'over_attention_cap'
    WHEN NOT moderates AND NOT EXISTS {
      MATCH (sender)-[experience:EXPERIENCED]->(offering)
      WHERE experience.first_at <= $ask.as_of AND coalesce(experience.sentiment >= 0, true)
    } THEN 'lacks_experience'
    ELSE ''
  END AS removed_by,
  [introducer_id IN candidate.introducer_ids WHERE introducer_id IN unnamed_ids] AS unnamed_ids,
  coalesce(sender.can_be_named, true) AS named,
  coalesce(head(COLLECT {
    MATCH (sender)-[membership:BELONGS_TO]->(community:Community)
    WITH membership, community
    LIMIT 64
    WHERE coalesce(membership.until > $ask.as_of, true)
    RETURN community.community_id
    ORDER BY coalesce(membership.weight, 1.0) DESC, community.community_id
    LIMIT 1
  }), '') AS community_id,
  sent_lately AS asked_lately,
  COUNT { (sender)-[:KNOWS]->() } > top_ties OR any(id IN candidate.introducer_ids WHERE id IN top_ids) AS asks_few
ORDER BY no
RETURN collect([no, removed_by, unnamed_ids, named, community_id, asked_lately, asks_few, moderates]) AS found
LIMIT 1
