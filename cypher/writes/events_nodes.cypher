// Write what members, offerings, enterprises and communities are after events told of them.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {Member: [["m1", {name: "Ann"}, null]], Offering: [], Enterprise: [], Community: []}}
//
// Rows are [id, changed properties, what it refers to from now on, or null where that stays].
CALL () {
  UNWIND $ask.Member AS row
  MATCH (n:Member {realm: $realm, member_id: row[0]})
  SET n += row[1]
  RETURN count(n) AS members
}
CALL () {
  UNWIND $ask.Offering AS row
  MATCH (n:Offering {realm: $realm, offering_id: row[0]})
  SET n += row[1]
  WITH n, row
  MATCH (other:Enterprise {realm: $realm, enterprise_id: row[2]})
  OPTIONAL MATCH (n)-[before:OFFERED_BY]->()
  DELETE before
  MERGE (n)-[:OFFERED_BY]->(other)
  RETURN count(n) AS offerings
}
CALL () {
  UNWIND $ask.Enterprise AS row
  MATCH (n:Enterprise {realm: $realm, enterprise_id: row[0]})
  SET n += row[1]
  WITH n, row
  MATCH (other:Alliance {realm: $realm, alliance_id: row[2]})
  OPTIONAL MATCH (n)-[before:ALLIED_IN]->()
  DELETE before
  MERGE (n)-[:ALLIED_IN]->(other)
  RETURN count(n) AS enterprises
}
CALL () {
  UNWIND $ask.Community AS row
  MATCH (n:Community {realm: $realm, community_id: row[0]})
  SET n += row[1]
  WITH n, row
  MATCH (other:Community {realm: $realm, community_id: row[2]})
  OPTIONAL MATCH (n)-[before:PART_OF]->()
  DELETE before
  MERGE (n)-[:PART_OF]->(other)
  RETURN count(n) AS communities
}
RETURN members
LIMIT 1
