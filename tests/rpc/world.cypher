// A small world of one realm: members, ties, an offering, who experienced it, and outreaches that were sent.
//   :params {realm: "test-0", settings: {}, members: [], offerings: [], ties: [], blocks: [], experiences: [],
//     outreaches: [], memberships: []}
CALL () {
  MERGE (r:Realm {realm: $realm})
  SET r += $settings
}
CALL () {
  UNWIND $members AS facts
  CREATE (m:Member {realm: $realm})
  SET m += facts
}
CALL () {
  UNWIND $offerings AS facts
  CREATE (o:Offering {realm: $realm})
  SET o += facts
}
WITH *
CALL () {
  UNWIND $ties AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[:KNOWS {pass_on: t.pass_on, strength: 1.0, last_at: $now}]->(v)
}
CALL () {
  UNWIND $blocks AS b
  MATCH (u:Member {realm: $realm, member_id: b.from}), (v:Member {realm: $realm, member_id: b.to})
  CREATE (u)-[:BLOCKS {at: 1}]->(v)
}
CALL () {
  UNWIND $experiences AS x
  MATCH (m:Member {realm: $realm, member_id: x.member_id}), (o:Offering {realm: $realm, offering_id: x.offering_id})
  CREATE (m)-[r:EXPERIENCED]->(o)
  SET r = x.facts
}
CALL () {
  UNWIND $outreaches AS sent
  CREATE (outreach:Outreach {realm: $realm, outreach_id: sent.outreach_id, at: sent.at})
  WITH outreach, sent
  UNWIND range(0, size(sent.member_ids) - 1) AS position
  MATCH (m:Member {realm: $realm, member_id: sent.member_ids[position]})
  CREATE (outreach)-[:HOP {position: position, attempt: 1}]->(m)
}
CALL () {
  UNWIND $memberships AS belongs
  MATCH (m:Member {realm: $realm, member_id: belongs.member_id})
  MERGE (c:Community {realm: $realm, community_id: belongs.community_id})
  CREATE (m)-[:BELONGS_TO {weight: belongs.weight}]->(c)
}
RETURN 1 AS done
