// Outreaches under way among members of their own, with the lists of the walk, and an enterprise with some of them.
//   :params {realm: "test-0", members: [], ties: [["ns", "na", 0.5]], outreaches: [], customers: []}
MERGE (offering:Offering {realm: $realm, offering_id: 'n-offering'})
MERGE (enterprise:Enterprise {realm: $realm, enterprise_id: 'shop'})
WITH offering, enterprise
CALL () {
  UNWIND $members AS facts
  MERGE (m:Member {realm: $realm, member_id: facts.member_id})
  SET m += facts
}
CALL () {
  UNWIND $ties AS t
  MERGE (u:Member {realm: $realm, member_id: t[0]})
  MERGE (v:Member {realm: $realm, member_id: t[1]})
  CREATE (u)-[:KNOWS {pass_on: t[2], strength: 1.0}]->(v)
  CREATE (u)-[:CLOSE_TO {pass_on: t[2]}]->(v)
  CREATE (v)-[:CLOSE_FROM {pass_on: t[2]}]->(u)
}
CALL (offering) {
  UNWIND $outreaches AS sent
  CREATE (o:Outreach {realm: $realm, outreach_id: sent.outreach_id, at: 1, outcome: sent.outcome})
  CREATE (o)-[:ABOUT]->(offering)
  WITH o, sent
  UNWIND sent.hops AS hop
  MATCH (m:Member {realm: $realm, member_id: hop.member_id})
  CREATE (o)-[h:HOP]->(m)
  SET h = hop.facts
}
CALL (enterprise) {
  UNWIND $customers AS member_id
  MATCH (m:Member {realm: $realm, member_id: member_id})
  CREATE (m)-[:CUSTOMER_OF]->(enterprise)
}
RETURN 1 AS done
