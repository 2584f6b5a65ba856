// Make CLOSE_TO and CLOSE_FROM of some members what their ties say: the best by pass_on, then by id.
// What is right already is not written, so that a second run changes nothing.
// @kind write   @owner platform   @timeout 10min   @max_rows 1   @maturity stable
//   :params {realm: "demo", member_ids: ["m1", "m2"], close_ties: 32}
UNWIND $member_ids AS member_id
MATCH (m:Member {realm: $realm, member_id: member_id})
SET m.updated_at = m.updated_at // locks the member: nobody else changes its lists meanwhile
WITH m
CALL (m) {
  OPTIONAL MATCH (m)-[k:KNOWS]->(v:Member)
  WITH v, k.pass_on AS pass_on
  ORDER BY pass_on DESC, v.member_id
  LIMIT $close_ties
  RETURN collect(v) AS to_best, collect(pass_on) AS to_scores
}
CALL (m) {
  OPTIONAL MATCH (m)<-[k:KNOWS]-(u:Member)
  WITH u, k.pass_on AS pass_on
  ORDER BY pass_on DESC, u.member_id
  LIMIT $close_ties
  RETURN collect(u) AS from_best, collect(pass_on) AS from_scores
}
CALL (m, to_best) {
  MATCH (m)-[c:CLOSE_TO]->(v:Member)
  WHERE NOT v IN to_best
  DELETE c
}
CALL (m, from_best) {
  MATCH (m)-[c:CLOSE_FROM]->(u:Member)
  WHERE NOT u IN from_best
  DELETE c
}
CALL (m, to_best, to_scores) {
  UNWIND range(0, size(to_best) - 1) AS i
  WITH m, to_best[i] AS v, to_scores[i] AS pass_on
  MERGE (m)-[c:CLOSE_TO]->(v)
  SET c.pass_on = pass_on
}
CALL (m, from_best, from_scores) {
  UNWIND range(0, size(from_best) - 1) AS i
  WITH m, from_best[i] AS u, from_scores[i] AS pass_on
  MERGE (m)-[c:CLOSE_FROM]->(u)
  SET c.pass_on = pass_on
}
RETURN count(m) AS members
