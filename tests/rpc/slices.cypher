// Alliances, customers and offerings' enterprises of a small world.
//   :params {realm: "test-0", allied: ["e1"], customers: [{member_id: "s", enterprise_id: "e1", until: null}], offered: []}
MERGE (alliance:Alliance {realm: $realm, alliance_id: 'alliance'})
WITH alliance
CALL (alliance) {
  UNWIND $allied AS enterprise_id
  MATCH (e:Enterprise {realm: $realm, enterprise_id: enterprise_id})
  MERGE (e)-[:ALLIED_IN]->(alliance)
}
CALL () {
  UNWIND $customers AS customer
  MATCH (m:Member {realm: $realm, member_id: customer.member_id})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: customer.enterprise_id})
  CREATE (m)-[c:CUSTOMER_OF]->(e)
  SET c.since = 1, c.until = customer.until
}
CALL () {
  UNWIND $offered AS offered
  MATCH (o:Offering {realm: $realm, offering_id: offered.offering_id})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: offered.enterprise_id})
  CREATE (o)-[:OFFERED_BY]->(e)
}
RETURN 1 AS done
