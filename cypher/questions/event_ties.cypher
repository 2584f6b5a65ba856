// How some ties stand, and the closest ties of who is on them, before events are applied.
// @kind question   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {from_ids: ["m1"], to_ids: ["m2"], senders: ["m1"], receivers: ["m2"]}}
//
// `ties` are [its number, its properties, when it ended]; `close_to` and `close_from` are [member_id, how many ties they
// have that way, the list as [member_id, pass_on]]. Who is not there yet is left out.
CALL () {
  UNWIND range(0, size($ask.from_ids) - 1) AS i
  MATCH (u:Member {realm: $realm, member_id: $ask.from_ids[i]})
  MATCH (v:Member {realm: $realm, member_id: $ask.to_ids[i]})
  OPTIONAL MATCH (u)-[k:KNOWS]->(v)
  OPTIONAL MATCH (u)-[gone:KNEW]->(v)
  RETURN collect([i, properties(k), gone.at]) AS ties
}
CALL () {
  UNWIND $ask.senders AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  RETURN collect([
    id, COUNT { (m)-[:KNOWS]->() }, COLLECT { MATCH (m)-[c:CLOSE_TO]->(o) RETURN [o.member_id, c.pass_on] }
  ]) AS close_to
}
CALL () {
  UNWIND $ask.receivers AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  RETURN collect([
    id, COUNT { (m)<-[:KNOWS]-() }, COLLECT { MATCH (m)-[c:CLOSE_FROM]->(o) RETURN [o.member_id, c.pass_on] }
  ]) AS close_from
}
RETURN ties, close_to, close_from
LIMIT 1
