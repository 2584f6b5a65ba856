// Make or update outreaches, each with all its hops; whoever opted out of one, or adopted by it.
// @kind write   @owner platform   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{id: "r1", offering_id: "o1", target_id: "m2", properties: {at: 1, outcome: "adopted"}, adopted: true, opted_out_at: null, hops: [{member_id: "m1", properties: {position: 0}}]}]}
UNWIND $rows AS row
MERGE (o:Outreach {realm: $realm, outreach_id: row.id})
SET o += row.properties
WITH o, row
CALL (o, row) {
  MATCH (f:Offering {realm: $realm, offering_id: row.offering_id})
  MERGE (o)-[:ABOUT]->(f)
  WITH o, f
  MATCH (o)-[before:ABOUT]->(other:Offering)
  WHERE other <> f
  DELETE before
}
CALL (o, row) {
  MATCH (o)-[h:HOP]->(m:Member)
  WHERE NOT any(hop IN row.hops WHERE hop.member_id = m.member_id AND hop.properties.position = h.position)
  DELETE h
}
CALL (o, row) {
  UNWIND row.hops AS hop
  MATCH (m:Member {realm: $realm, member_id: hop.member_id})
  MERGE (o)-[h:HOP {position: hop.properties.position}]->(m)
  SET h += hop.properties
}
CALL (row) {
  WITH row
  WHERE row.opted_out_at IS NOT NULL
  MATCH (m:Member {realm: $realm, member_id: row.target_id})
  WHERE coalesce(m.opted_out_at < row.opted_out_at, true)
  SET m.opted_out_at = row.opted_out_at
}
CALL (o, row) {
  MATCH (target:Member {realm: $realm, member_id: row.target_id})
  WHERE row.adopted
  MERGE (target)-[:ADOPTED_THROUGH]->(o)
}
CALL (o, row) {
  MATCH (m:Member)-[before:ADOPTED_THROUGH]->(o)
  WHERE NOT row.adopted OR m.member_id <> row.target_id
  DELETE before
}
RETURN count(o) AS written
