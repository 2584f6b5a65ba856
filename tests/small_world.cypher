// Members, offerings, ties and experiences of one realm, as lists of facts.
//   :params {realm: "test-0", settings: {}, members: [], offerings: [], ties: [], experiences: []}
CALL () {
  MERGE (r:Realm {realm: $realm})
  SET r += $settings
}
CALL () {
  UNWIND $members AS member_id
  MERGE (:Member {realm: $realm, member_id: member_id})
}
CALL () {
  UNWIND $offerings AS offering_id
  MERGE (:Offering {realm: $realm, offering_id: offering_id})
}
WITH *
CALL () {
  UNWIND $ties AS t
  MATCH (u:Member {realm: $realm, member_id: t.from})
  MATCH (v:Member {realm: $realm, member_id: t.to})
  MERGE (u)-[k:KNOWS]->(v)
  SET k = t.facts
}
CALL () {
  UNWIND $experiences AS x
  MATCH (m:Member {realm: $realm, member_id: x.member})
  MATCH (o:Offering {realm: $realm, offering_id: x.offering})
  MERGE (m)-[e:EXPERIENCED]->(o)
  SET e = x.facts
}
