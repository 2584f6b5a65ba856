// What is known of members, offerings, enterprises and communities, and of how members stand to these and to each other,
// before events are applied.
// @kind question   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {Member: ["m1"], Offering: [], Enterprise: [], Community: [], CUSTOMER_OF: [["m1", "e1"]],
//     ACTS_FOR: [], BELONGS_TO: [], experiences: [["m1", "o1"]], voices: [["v1", "m1", "o1"]], blocks: [["m1", "m2"]]}}
//
// Nodes are [id, properties, what it refers to]; the others [number, properties]. What is not there is left out.
CALL () {
  UNWIND $ask.Member AS id
  MATCH (n:Member {realm: $realm, member_id: id})
  RETURN collect([id, properties(n), null]) AS members
}
CALL () {
  UNWIND $ask.Offering AS id
  MATCH (n:Offering {realm: $realm, offering_id: id})
  OPTIONAL MATCH (n)-[:OFFERED_BY]->(other:Enterprise)
  WITH id, n, min(other.enterprise_id) AS refers_to
  RETURN collect([id, properties(n), refers_to]) AS offerings
}
CALL () {
  UNWIND $ask.Enterprise AS id
  MATCH (n:Enterprise {realm: $realm, enterprise_id: id})
  OPTIONAL MATCH (n)-[:ALLIED_IN]->(other:Alliance)
  WITH id, n, min(other.alliance_id) AS refers_to
  RETURN collect([id, properties(n), refers_to]) AS enterprises
}
CALL () {
  UNWIND $ask.Community AS id
  MATCH (n:Community {realm: $realm, community_id: id})
  OPTIONAL MATCH (n)-[:PART_OF]->(other:Community)
  WITH id, n, min(other.community_id) AS refers_to
  RETURN collect([id, properties(n), refers_to]) AS communities
}
CALL () {
  UNWIND range(0, size($ask.CUSTOMER_OF) - 1) AS i
  MATCH (m:Member {realm: $realm, member_id: $ask.CUSTOMER_OF[i][0]})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: $ask.CUSTOMER_OF[i][1]})
  MATCH (m)-[r:CUSTOMER_OF]->(e)
  RETURN collect([i, properties(r)]) AS customers
}
CALL () {
  UNWIND range(0, size($ask.ACTS_FOR) - 1) AS i
  MATCH (m:Member {realm: $realm, member_id: $ask.ACTS_FOR[i][0]})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: $ask.ACTS_FOR[i][1]})
  MATCH (m)-[r:ACTS_FOR]->(e)
  RETURN collect([i, properties(r)]) AS acting
}
CALL () {
  UNWIND range(0, size($ask.BELONGS_TO) - 1) AS i
  MATCH (m:Member {realm: $realm, member_id: $ask.BELONGS_TO[i][0]})
  MATCH (c:Community {realm: $realm, community_id: $ask.BELONGS_TO[i][1]})
  MATCH (m)-[r:BELONGS_TO]->(c)
  RETURN collect([i, properties(r)]) AS memberships
}
CALL () {
  UNWIND range(0, size($ask.experiences) - 1) AS i
  MATCH (m:Member {realm: $realm, member_id: $ask.experiences[i][0]})
  MATCH (o:Offering {realm: $realm, offering_id: $ask.experiences[i][1]})
  MATCH (m)-[r:EXPERIENCED]->(o)
  RETURN collect([i, properties(r)]) AS experiences
}
CALL () {
  UNWIND range(0, size($ask.voices) - 1) AS i
  MATCH (m:Member {realm: $realm, member_id: $ask.voices[i][1]})
  MATCH (o:Offering {realm: $realm, offering_id: $ask.voices[i][2]})
  MATCH (m)-[r:VOICED {voice_id: $ask.voices[i][0]}]->(o)
  RETURN collect([i, properties(r)]) AS voices
}
CALL () {
  UNWIND range(0, size($ask.blocks) - 1) AS i
  MATCH (u:Member {realm: $realm, member_id: $ask.blocks[i][0]})
  MATCH (v:Member {realm: $realm, member_id: $ask.blocks[i][1]})
  OPTIONAL MATCH (u)-[b:BLOCKS]->(v)
  OPTIONAL MATCH (u)-[gone:UNBLOCKED]->(v)
  RETURN collect([i, {blocked: b IS NOT NULL, at: b.at, lifted_at: gone.at}]) AS blocks
}
RETURN members, offerings, enterprises, communities, customers, acting, memberships, experiences, voices, blocks
LIMIT 1
