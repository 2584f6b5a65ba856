// What an enterprise sees of what is named: the one place that decides who is of its slice.
// @kind question   @owner platform   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {enterprise_id: "e1", as_of: 1760000000, member_ids: ["m1"], offering_ids: ["o7"],
//     community_ids: [], enterprise_ids: [], outreach_ids: []}}
//
// Seen is
// - a member who is a customer of the enterprise as of then, or has consented to the alliance that it is in (`consent` is
//   what counts for who has not said, null where it is in none: then nobody's consent counts);
// - an enterprise: itself, one allied with it, one that a member it sees acts for (of at most 256 who do);
// - an offering of an enterprise that is itself or allied with it, or of none;
// - a community with a member it sees (of at most 4,096, of those within it too);
// - an outreach whose sender and target are there, and it sees both.
// One row: `seen` are [kind, id] of what is there and seen. Nobody is where there is no such enterprise.
OPTIONAL MATCH (own:Enterprise {realm: $realm, enterprise_id: $ask.enterprise_id})
USING INDEX own:Enterprise(realm, enterprise_id)
OPTIONAL MATCH (realm:Realm {realm: $realm})
USING INDEX realm:Realm(realm)
WITH own,
  CASE WHEN EXISTS { (own)-[:ALLIED_IN]->() } THEN coalesce(realm.alliance_consent_default, false) END AS consent
CALL (own, consent) {
  CALL (own) {
    UNWIND $ask.member_ids AS id
    MATCH (m:Member {realm: $realm, member_id: id})
    USING INDEX m:Member(realm, member_id)
    RETURN 'member' AS kind, id, [m] AS members, false AS known
    UNION ALL
    UNWIND $ask.enterprise_ids AS id
    MATCH (e:Enterprise {realm: $realm, enterprise_id: id})
    USING INDEX e:Enterprise(realm, enterprise_id)
    RETURN 'enterprise' AS kind, id, COLLECT {
        MATCH (e)<-[:ACTS_FOR]-(m:Member)
        RETURN m
        LIMIT 256
      } AS members, e = own OR EXISTS { (e)-[:ALLIED_IN]->()<-[:ALLIED_IN]-(own) } AS known
    UNION ALL
    UNWIND $ask.offering_ids AS id
    MATCH (o:Offering {realm: $realm, offering_id: id})
    USING INDEX o:Offering(realm, offering_id)
    RETURN 'offering' AS kind, id, [] AS members, NOT EXISTS { (o)-[:OFFERED_BY]->() } OR EXISTS {
        MATCH (o)-[:OFFERED_BY]->(e)
        WHERE e = own OR EXISTS { (e)-[:ALLIED_IN]->()<-[:ALLIED_IN]-(own) }
      } AS known
    UNION ALL
    UNWIND $ask.community_ids AS id
    MATCH (c:Community {realm: $realm, community_id: id})
    USING INDEX c:Community(realm, community_id)
    RETURN 'community' AS kind, id, COLLECT {
        MATCH (c)<-[:PART_OF*0..3]-(circle:Community)
        WITH DISTINCT circle
        LIMIT 256
        MATCH (circle)<-[:BELONGS_TO]-(m:Member)
        RETURN m
        LIMIT 4096
      } AS members, false AS known
    UNION ALL
    UNWIND $ask.outreach_ids AS id
    MATCH (o:Outreach {realm: $realm, outreach_id: id})
    USING INDEX o:Outreach(realm, outreach_id)
    WHERE o.last_position IS NULL
    RETURN 'outreach' AS kind, id, COLLECT {
        MATCH (o)-[hop:HOP]->(m)
        WHERE hop.position = 0 OR NOT EXISTS { (o)-[later:HOP]->() WHERE later.position > hop.position }
        RETURN DISTINCT m
        LIMIT 64
      } AS members, false AS known
  }
  WITH kind, id, known, members, [
      m IN members
      WHERE (consent IS NOT NULL AND coalesce(m.alliance_consent, consent))
        OR EXISTS {
          (m)-[c:CUSTOMER_OF]->(own)
          WHERE coalesce(c.since <= $ask.as_of, true) AND coalesce(c.until > $ask.as_of, true)
        }
    ] AS seen
  WHERE known OR CASE WHEN kind = 'outreach' THEN size(seen) = size(members) AND size(seen) > 1 ELSE size(seen) > 0 END
  WITH kind, id
  ORDER BY kind, id
  RETURN collect([kind, id]) AS seen
}
RETURN consent, seen
LIMIT 1
