// A small graph of one realm, written in one statement for one example of a property test.
//   :params {realm: "test-0", settings: {}, members: [], ties: [], close: [], blocks: [], experiences: []}
CALL () {
  MERGE (r:Realm {realm: $realm})
  SET r = $settings
  MERGE (:Offering {realm: $realm, offering_id: 'o'})
}
CALL () {
  UNWIND $members AS facts
  CREATE (m:Member)
  SET m = facts
}
WITH *
CALL () {
  UNWIND $ties AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[k:KNOWS]->(v)
  SET k = t.facts
}
CALL () {
  UNWIND $close_to AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[:CLOSE_TO {pass_on: t.pass_on}]->(v)
}
CALL () {
  UNWIND $close_from AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (v)-[:CLOSE_FROM {pass_on: t.pass_on}]->(u)
}
CALL () {
  UNWIND $blocks AS b
  MATCH (u:Member {realm: $realm, member_id: b.from}), (v:Member {realm: $realm, member_id: b.to})
  CREATE (u)-[r:BLOCKS]->(v)
  SET r = b.facts
}
CALL () {
  UNWIND $experiences AS x
  MATCH (m:Member {realm: $realm, member_id: x.member_id})
  MERGE (o:Offering {realm: $realm, offering_id: x.offering_id})
  CREATE (m)-[r:EXPERIENCED]->(o)
  SET r = x.facts
}
RETURN 1 AS done
