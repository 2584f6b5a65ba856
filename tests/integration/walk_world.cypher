// A small graph of one realm, written in one statement for one example of a property test; one map, so one plan.
//   :params {realm: "test-0", world: {settings: {}, members: [], ties: [], close_to: [], close_from: [], blocks: [],
//     experiences: [], communities: [], belongs: []}}
CALL () {
  MERGE (r:Realm {realm: $realm})
  SET r = $world.settings
  MERGE (:Offering {realm: $realm, offering_id: 'o'})
}
CALL () {
  UNWIND $world.members AS facts
  CREATE (m:Member)
  SET m = facts
}
WITH *
CALL () {
  UNWIND $world.ties AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[k:KNOWS]->(v)
  SET k = t.facts
}
CALL () {
  UNWIND $world.close_to AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[:CLOSE_TO {pass_on: t.pass_on}]->(v)
}
CALL () {
  UNWIND $world.close_from AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (v)-[:CLOSE_FROM {pass_on: t.pass_on}]->(u)
}
CALL () {
  UNWIND $world.blocks AS b
  MATCH (u:Member {realm: $realm, member_id: b.from}), (v:Member {realm: $realm, member_id: b.to})
  CREATE (u)-[r:BLOCKS]->(v)
  SET r = b.facts
}
CALL () {
  UNWIND $world.experiences AS x
  MATCH (m:Member {realm: $realm, member_id: x.member_id})
  MERGE (o:Offering {realm: $realm, offering_id: x.offering_id})
  CREATE (m)-[r:EXPERIENCED]->(o)
  SET r = x.facts
}
CALL () {
  UNWIND $world.communities AS c
  MERGE (own:Community {realm: $realm, community_id: c.id})
  WITH own, c
  WHERE c.parent IS NOT NULL
  MERGE (parent:Community {realm: $realm, community_id: c.parent})
  CREATE (own)-[:PART_OF]->(parent)
}
WITH *
CALL () {
  UNWIND $world.belongs AS b
  MATCH (m:Member {realm: $realm, member_id: b.member_id}), (c:Community {realm: $realm, community_id: b.id})
  CREATE (m)-[r:BELONGS_TO]->(c)
  SET r = b.facts
}
RETURN 1 AS done
