// What the gate must know of a sender and some offerings: are they there, does the sender pass them on gladly, how much
// was asked of them, and at the top of which community they are: of those they belong to now, of 64 at most, the one
// they belong to most.
// @kind question   @owner platform   @timeout 2s   @max_rows 5   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_ids: ["o7"], community_id: null, as_of: 1760000000,
//     sent_within_s: 604800}}
OPTIONAL MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
OPTIONAL MATCH (community:Community {realm: $realm, community_id: $ask.community_id})
CALL (sender) {
  OPTIONAL MATCH (sender)-[membership:BELONGS_TO]->(own:Community)
  WITH membership, own
  LIMIT 64
  WHERE coalesce(membership.since <= $ask.as_of, true) AND coalesce(membership.until > $ask.as_of, true)
  WITH own, coalesce(membership.weight, 1.0) AS weight
  ORDER BY weight DESC, own.community_id
  LIMIT 1
  OPTIONAL MATCH (own)-[:PART_OF*0..8]->(top:Community)
  WITH top
  LIMIT 64
  WHERE NOT EXISTS { (top)-[:PART_OF]->() }
  RETURN min(top.community_id) AS top_id
}
UNWIND range(0, size($ask.offering_ids) - 1) AS place
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_ids[place]})
CALL (sender, offering) {
  OPTIONAL MATCH (sender)-[experience:EXPERIENCED]->(offering)
  WHERE experience.first_at <= $ask.as_of
  RETURN experience
  ORDER BY experience.last_at DESC, experience.kind
  LIMIT 1
}
RETURN
  place,
  sender IS NOT NULL AS sender_known,
  coalesce(sender.opted_out_at <= $ask.as_of, false) AS sender_opted_out,
  size([at IN coalesce(sender.sent_at, []) WHERE $ask.as_of - $ask.sent_within_s < at <= $ask.as_of]) AS sent_lately,
  $ask.community_id IS NULL OR community IS NOT NULL AS community_known,
  coalesce(top_id, '') AS community_id,
  offering IS NOT NULL AS offering_known,
  coalesce(offering.kind, '') AS offering_kind,
  coalesce(offering.value, 1.0) AS offering_value,
  experience IS NOT NULL AS experienced,
  experience.sentiment AS last_sentiment
ORDER BY place
LIMIT 5
