// Delete up to $batch nodes of one realm, each label found through its key. Run until nothing is deleted.
//   :params {realm: "test-0", batch: 500}
CALL () {
  MATCH (n:Realm {realm: $realm}) RETURN n
  UNION ALL
  MATCH (n:Member {realm: $realm}) WHERE n.member_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Enterprise {realm: $realm}) WHERE n.enterprise_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Alliance {realm: $realm}) WHERE n.alliance_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Community {realm: $realm}) WHERE n.community_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Offering {realm: $realm}) WHERE n.offering_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Campaign {realm: $realm}) WHERE n.campaign_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Variant {realm: $realm}) WHERE n.variant_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Outreach {realm: $realm}) WHERE n.outreach_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Event {realm: $realm}) WHERE n.event_id IS NOT NULL RETURN n LIMIT $batch
  UNION ALL
  MATCH (n:Erased {realm: $realm}) WHERE n.member_hash IS NOT NULL RETURN n LIMIT $batch
}
WITH n
LIMIT $batch
DETACH DELETE n
RETURN count(*) AS deleted
