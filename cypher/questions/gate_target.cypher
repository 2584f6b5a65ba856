// Who is to be reached: one member, or those who act for an enterprise; and why some of them may not be, cheapest first.
// @kind question   @owner platform   @timeout 2s   @max_rows 257   @maturity stable
//   :params {realm: "demo", ask: {target_id: "m1", enterprise_id: null, offering_id: "o7", as_of: 1760000000,
//     filters: ["has_adopted", "declined", "fatigued"], reached_within_s: 2592000, most_reached: 2,
//     declined_within_s: 15552000}}
//
// Consent always holds; `filters` switches on the others. Of an enterprise at most 256 who act for it are looked at, who is close to most first in the answer. One row without a
// target where there is none.
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
OPTIONAL MATCH (enterprise:Enterprise {realm: $realm, enterprise_id: $ask.enterprise_id})
WITH offering, enterprise, COLLECT {
    MATCH (target:Member {realm: $realm, member_id: $ask.target_id})
    RETURN target
  } + COLLECT {
    MATCH (enterprise)<-[acts:ACTS_FOR]-(target:Member)
    WHERE coalesce(acts.until > $ask.as_of, true)
    WITH DISTINCT target
    LIMIT 256
    RETURN target
  } AS targets
UNWIND CASE WHEN targets = [] THEN [null] ELSE targets END AS target
RETURN
  target IS NOT NULL OR enterprise IS NOT NULL AS known,
  offering IS NOT NULL AS offering_known,
  coalesce(offering.kind, '') AS offering_kind,
  coalesce(offering.value, 1.0) AS offering_value,
  target.member_id AS target_id,
  CASE
    WHEN target.opted_out_at <= $ask.as_of THEN 'opted_out'
    WHEN target.can_be_reached = false THEN 'cannot_be_reached'
    WHEN target.can_be_named = false THEN 'cannot_be_named'
    WHEN 'fatigued' IN $ask.filters AND size([at IN target.reached_at WHERE $ask.as_of - $ask.reached_within_s < at <= $ask.as_of]) >= $ask.most_reached
      THEN 'fatigued'
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
  COUNT { (target)-[:CLOSE_FROM]->() } AS close
ORDER BY close DESC, target_id
LIMIT 257
