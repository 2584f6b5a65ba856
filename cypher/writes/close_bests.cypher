// Note how high the lists of the walk of some members begin, by the lists as they are.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {member_ids: ["m1"]}}
UNWIND $ask.member_ids AS member_id
MATCH (m:Member {realm: $realm, member_id: member_id})
CALL (m) {
  OPTIONAL MATCH (m)-[c:CLOSE_TO]->()
  RETURN max(c.pass_on) AS to_best
}
CALL (m) {
  OPTIONAL MATCH (m)-[c:CLOSE_FROM]->()
  RETURN max(c.pass_on) AS from_best
}
SET m.close_to_best = to_best, m.close_from_best = from_best
RETURN count(m) AS members
LIMIT 1
