// Which candidates may not be shown, and why, the cheapest reasons first; and who in their chains may not be named.
// Consent and blocks always hold; `filters` switches on has_adopted and recently_reached.
// @kind filter   @owner growth   @timeout 2s   @max_rows 1000   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, reached_since: 1757408000,
//     filters: ["has_adopted", "recently_reached"],
//     candidates: [{target_id: "m9", contact_id: "m7", introducer_ids: ["m7"]}]}}
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
CALL () {
  UNWIND $ask.candidates AS candidate
  UNWIND candidate.introducer_ids AS introducer_id
  WITH DISTINCT introducer_id
  MATCH (introducer:Member {realm: $realm, member_id: introducer_id})
  WHERE introducer.can_be_named = false
  RETURN collect(introducer_id) AS unnamed_ids
}
UNWIND $ask.candidates AS candidate
MATCH (target:Member {realm: $realm, member_id: candidate.target_id})
RETURN
  candidate.target_id AS target_id,
  CASE
    WHEN target.opted_out_at <= $ask.as_of THEN 'opted_out'
    WHEN target.can_be_reached = false THEN 'cannot_be_reached'
    WHEN target.can_be_named = false THEN 'cannot_be_named'
    WHEN candidate.contact_id IN unnamed_ids THEN 'contact_cannot_be_named'
    WHEN EXISTS {
      (sender)-[:BLOCKS]-(target)
    } THEN 'blocked'
    WHEN 'has_adopted' IN $ask.filters AND EXISTS {
      MATCH (target)-[experience:EXPERIENCED]->(offering)
      WHERE experience.first_at <= $ask.as_of
    } THEN 'has_adopted'
    WHEN 'recently_reached' IN $ask.filters AND EXISTS {
      MATCH (target)<-[hop:HOP]-(outreach:Outreach)
      WHERE outreach.at > $ask.reached_since
        AND outreach.at <= $ask.as_of
        AND NOT EXISTS {
          MATCH (outreach)-[later:HOP]->(:Member)
          WHERE later.position > hop.position
        }
    } THEN 'recently_reached'
    ELSE ''
  END AS removed_by,
  [introducer_id IN candidate.introducer_ids WHERE introducer_id IN unnamed_ids] AS unnamed_ids,
  coalesce(
    COLLECT {
      MATCH (target)-[membership:BELONGS_TO]->(community:Community)
      WHERE coalesce(membership.until > $ask.as_of, true)
      RETURN community.community_id
      ORDER BY coalesce(membership.weight, 1.0) DESC, community.community_id
      LIMIT 1
    }[0],
    ''
  ) AS community_id
ORDER BY target_id
LIMIT 1000
