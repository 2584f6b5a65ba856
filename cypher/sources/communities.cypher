// Members of the community that is aimed at, and of the communities within it: who leads opinion there first.
// @kind source   @owner growth   @timeout 60s   @max_rows 200   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, limit: 40, community_id: "c1"}}
//
// Relevance is the weight of the membership, twice for moderators and opinion leaders, halved for who shares no
// community with the sender. At most 1,024 memberships are looked at, whichever the store gives first.
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
USING INDEX sender:Member(realm, member_id)
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
USING INDEX offering:Offering(realm, offering_id)
WITH sender, offering, COLLECT {
    MATCH (sender)-[:BELONGS_TO]->(own:Community)
    WITH own
    LIMIT 64
    RETURN own
  } AS own
MATCH (aimed:Community {realm: $realm, community_id: $ask.community_id})<-[:PART_OF*0..3]-(circle:Community)
WITH DISTINCT sender, offering, own, circle
LIMIT 256
MATCH (circle)<-[b:BELONGS_TO]-(v:Member)
WITH sender, offering, own, circle, b, v
LIMIT 1024
WHERE v <> sender AND coalesce(b.since <= $ask.as_of, true) AND coalesce(b.until > $ask.as_of, true)
WITH offering, v, max(
    coalesce(b.weight, 1.0)
    * CASE WHEN b.role IN ['moderator', 'opinion_leader'] THEN 2 ELSE 1 END
    * CASE WHEN circle IN own THEN 1.0 ELSE 0.5 END
  ) AS relevance
ORDER BY relevance DESC, v
LIMIT 4 * $ask.limit
WHERE NOT EXISTS { (v)-[:EXPERIENCED]->(offering) }
WITH v.member_id AS target_id, relevance
ORDER BY relevance DESC, target_id
LIMIT $ask.limit
RETURN target_id, relevance
ORDER BY relevance DESC, target_id
