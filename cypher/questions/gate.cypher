// What the gate must know: are sender and offering there, does the sender pass it on gladly, how much was asked of them.
// @kind question   @owner platform   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, sent_since: 1759395200}}
OPTIONAL MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
CALL (sender, offering) {
  OPTIONAL MATCH (sender)-[experience:EXPERIENCED]->(offering)
  WHERE experience.first_at <= $ask.as_of
  RETURN experience
  ORDER BY experience.last_at DESC, experience.kind
  LIMIT 1
}
CALL (sender) {
  OPTIONAL MATCH (sender)<-[:HOP {position: 0}]-(outreach:Outreach)
  WHERE outreach.at > $ask.sent_since
    AND outreach.at <= $ask.as_of
  RETURN count(outreach) AS sent_lately
}
RETURN
  sender IS NOT NULL AS sender_known,
  offering IS NOT NULL AS offering_known,
  coalesce(offering.kind, '') AS offering_kind,
  coalesce(offering.value, 1.0) AS offering_value,
  coalesce(sender.opted_out_at <= $ask.as_of, false) AS sender_opted_out,
  experience IS NOT NULL AS experienced,
  experience.sentiment AS last_sentiment,
  sent_lately
LIMIT 1
