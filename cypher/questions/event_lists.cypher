// The lists of the walk of some members, before events are applied.
// @kind question   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {senders: ["m1"], receivers: ["m2"]}}
//
// `close_to` and `close_from` are [member_id, the list as [member_id, pass_on]].
CALL () {
  UNWIND $ask.senders AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  RETURN collect([id, COLLECT { MATCH (m)-[c:CLOSE_TO]->(o) RETURN [o.member_id, c.pass_on] }]) AS close_to
}
CALL () {
  UNWIND $ask.receivers AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  RETURN collect([id, COLLECT { MATCH (m)-[c:CLOSE_FROM]->(o) RETURN [o.member_id, c.pass_on] }]) AS close_from
}
RETURN close_to, close_from
LIMIT 1
