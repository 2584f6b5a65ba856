// Write how members stand to enterprises, communities, offerings and each other after events told of it.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {CUSTOMER_OF: [["m1", "e1", {stage: "customer"}]], ACTS_FOR: [], BELONGS_TO: [],
//     experiences: [["m1", "o1", {times: 2}]], blocks: [["m1", "m2", 1760000000, null]]}}
//
// Rows are [member, other end, changed properties]; of blocks [who, whom, blocked at, lifted at], one of these null.
CALL () {
  UNWIND $ask.CUSTOMER_OF AS row
  MATCH (m:Member {realm: $realm, member_id: row[0]})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: row[1]})
  MERGE (m)-[r:CUSTOMER_OF]->(e)
  SET r += row[2]
  RETURN count(r) AS customers
}
CALL () {
  UNWIND $ask.ACTS_FOR AS row
  MATCH (m:Member {realm: $realm, member_id: row[0]})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: row[1]})
  MERGE (m)-[r:ACTS_FOR]->(e)
  SET r += row[2]
  RETURN count(r) AS acting
}
CALL () {
  UNWIND $ask.BELONGS_TO AS row
  MATCH (m:Member {realm: $realm, member_id: row[0]})
  MATCH (c:Community {realm: $realm, community_id: row[1]})
  MERGE (m)-[r:BELONGS_TO]->(c)
  SET r += row[2]
  RETURN count(r) AS memberships
}
CALL () {
  UNWIND $ask.experiences AS row
  MATCH (m:Member {realm: $realm, member_id: row[0]})
  MATCH (o:Offering {realm: $realm, offering_id: row[1]})
  MERGE (m)-[r:EXPERIENCED]->(o)
  SET r += row[2]
  RETURN count(r) AS experiences
}
CALL () {
  UNWIND $ask.blocks AS row
  MATCH (u:Member {realm: $realm, member_id: row[0]})
  MATCH (v:Member {realm: $realm, member_id: row[1]})
  OPTIONAL MATCH (u)-[before:BLOCKS|UNBLOCKED]->(v)
  DELETE before
  WITH DISTINCT u, v, row
  FOREACH (_ IN CASE WHEN row[3] IS NULL THEN [1] ELSE [] END | CREATE (u)-[:BLOCKS {at: row[2]}]->(v))
  FOREACH (_ IN CASE WHEN row[3] IS NULL THEN [] ELSE [1] END | CREATE (u)-[:UNBLOCKED {at: row[3]}]->(v))
  RETURN count(*) AS blocks
}
RETURN customers
LIMIT 1
