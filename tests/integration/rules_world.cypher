// Members with what the rules read of them: ties, experiences, blocks, outreaches, communities, who acts for whom.
//   :params {realm: "test-0", world: {settings: {}, members: [], offerings: [], ties: [], close_from: [], experiences: [],
//     blocks: [], outreaches: [], memberships: [], acts_for: []}}
CALL () {
  MERGE (r:Realm {realm: $realm})
  SET r += $world.settings
}
CALL () {
  UNWIND $world.members AS facts
  CREATE (m:Member {realm: $realm})
  SET m += facts
}
CALL () {
  UNWIND $world.offerings AS facts
  CREATE (o:Offering {realm: $realm})
  SET o += facts
}
WITH *
CALL () {
  UNWIND $world.ties AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[k:KNOWS]->(v)
  SET k = t.facts
}
CALL () {
  UNWIND $world.close_from AS t
  MATCH (u:Member {realm: $realm, member_id: t[0]}), (v:Member {realm: $realm, member_id: t[1]})
  CREATE (v)-[:CLOSE_FROM {pass_on: 0.5}]->(u)
}
CALL () {
  UNWIND $world.experiences AS x
  MATCH (m:Member {realm: $realm, member_id: x.member}), (o:Offering {realm: $realm, offering_id: x.offering})
  CREATE (m)-[r:EXPERIENCED]->(o)
  SET r = x.facts
}
CALL () {
  UNWIND $world.blocks AS b
  MATCH (u:Member {realm: $realm, member_id: b[0]}), (v:Member {realm: $realm, member_id: b[1]})
  CREATE (u)-[:BLOCKS]->(v)
}
CALL () {
  UNWIND $world.outreaches AS sent
  MATCH (o:Offering {realm: $realm, offering_id: sent.offering})
  CREATE (outreach:Outreach {realm: $realm})-[:ABOUT]->(o)
  SET outreach += sent.facts
  WITH outreach, sent
  UNWIND range(0, size(sent.members) - 1) AS position
  MATCH (m:Member {realm: $realm, member_id: sent.members[position]})
  CREATE (outreach)-[:HOP {position: position, attempt: 1}]->(m)
}
CALL () {
  UNWIND $world.memberships AS belongs
  MATCH (m:Member {realm: $realm, member_id: belongs.member})
  MERGE (c:Community {realm: $realm, community_id: belongs.community})
  CREATE (m)-[b:BELONGS_TO]->(c)
  SET b = belongs.facts
}
CALL () {
  UNWIND $world.acts_for AS a
  MATCH (m:Member {realm: $realm, member_id: a[0]})
  MERGE (e:Enterprise {realm: $realm, enterprise_id: a[1]})
  CREATE (m)-[:ACTS_FOR]->(e)
}
RETURN 1 AS done
