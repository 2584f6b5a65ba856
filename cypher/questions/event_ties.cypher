// How some ties stand, and what is known of the lists of who is on them without reading these, before events are applied.
// @kind question   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {from_ids: ["m1"], to_ids: ["m2"], senders: ["m1"], receivers: ["m2"]}}
//
// `ties` are [its number, its properties, when it ended, whether it is in the one's CLOSE_TO, in the other's CLOSE_FROM];
// `close_to` and `close_from` are [member_id, how many ties they have that way, how many are listed, the best pass_on]. Who
// is not there yet is left out.
CALL () {
  UNWIND range(0, size($ask.from_ids) - 1) AS i
  MATCH (u:Member {realm: $realm, member_id: $ask.from_ids[i]})
  MATCH (v:Member {realm: $realm, member_id: $ask.to_ids[i]})
  OPTIONAL MATCH (u)-[k:KNOWS]->(v)
  OPTIONAL MATCH (u)-[gone:KNEW]->(v)
  RETURN collect([
    i, properties(k), gone.at,
    k IS NOT NULL AND EXISTS { (u)-[:CLOSE_TO]->(v) }, k IS NOT NULL AND EXISTS { (v)-[:CLOSE_FROM]->(u) }
  ]) AS ties
}
CALL () {
  UNWIND $ask.senders AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  RETURN collect([id, COUNT { (m)-[:KNOWS]->() }, COUNT { (m)-[:CLOSE_TO]->() }, m.close_to_best]) AS close_to
}
CALL () {
  UNWIND $ask.receivers AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  RETURN collect([id, COUNT { (m)<-[:KNOWS]-() }, COUNT { (m)-[:CLOSE_FROM]->() }, m.close_from_best]) AS close_from
}
RETURN ties, close_to, close_from
LIMIT 1
