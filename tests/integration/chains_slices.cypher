// Enterprises of a small graph and who is a customer of which; e1 and e2 are allied.
//   :params {realm: "test-0", consent_default: false, customers: [["m01", "e1", null, null]]}
MATCH (r:Realm {realm: $realm})
SET r.alliance_consent_default = $consent_default
MERGE (a:Alliance {realm: $realm, alliance_id: 'a'})
MERGE (e1:Enterprise {realm: $realm, enterprise_id: 'e1'})
MERGE (e2:Enterprise {realm: $realm, enterprise_id: 'e2'})
MERGE (e3:Enterprise {realm: $realm, enterprise_id: 'e3'})
MERGE (e1)-[:ALLIED_IN]->(a)
MERGE (e2)-[:ALLIED_IN]->(a)
WITH 1 AS one
UNWIND $customers AS c
MATCH (m:Member {realm: $realm, member_id: c[0]})
MATCH (e:Enterprise {realm: $realm, enterprise_id: c[1]})
CREATE (m)-[r:CUSTOMER_OF]->(e)
SET r.since = c[2], r.until = c[3]
