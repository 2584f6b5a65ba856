// Members alike to the sender in taste: who experienced the same before as_of, most in common first.
// @kind source   @owner growth   @timeout 60s   @max_rows 200   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, limit: 40, tastes: 24, fans: 32}}
//
// Of the sender's `tastes` latest experiences, up to `fans` members each: a LIMIT without order, so that an offering with
// 100,000 adopters costs what others cost (Neo4j reads the newest written first). Who has the offering is left out.
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
USING INDEX sender:Member(realm, member_id)
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: $ask.offering_id})
USING INDEX offering:Offering(realm, offering_id)
CALL (sender) {
  MATCH (sender)-[e:EXPERIENCED]->(o:Offering)
  WITH e.first_at AS at, o
  LIMIT 512
  WHERE at < $ask.as_of
  WITH o, at
  ORDER BY at DESC, o
  LIMIT coalesce($ask.tastes, 24)
  RETURN collect(o) AS mine
}
CALL (sender, mine) {
  UNWIND mine AS o
  CALL (o) {
    MATCH (o)<-[e:EXPERIENCED]-(v:Member)
    WITH e.first_at AS at, v
    LIMIT coalesce($ask.fans, 32)
    WHERE at < $ask.as_of
    RETURN v
  }
  WITH sender, v, count(*) AS common
  WHERE v <> sender
  RETURN v, common
  ORDER BY common DESC, v
  LIMIT 2 * $ask.limit
}
WITH offering, mine, v, common
WHERE NOT EXISTS { (v)-[:EXPERIENCED]->(offering) }
WITH v.member_id AS target_id, common / (1.0 * size(mine)) AS relevance
ORDER BY relevance DESC, target_id
LIMIT $ask.limit
RETURN target_id, relevance
ORDER BY relevance DESC, target_id
