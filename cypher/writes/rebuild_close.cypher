// Make CLOSE_TO and CLOSE_FROM of some members what their ties say: the best by pass_on, then by id; and note the best.
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
CALL (m) {
  OPTIONAL MATCH (m)-[c:CLOSE_TO]->(v:Member)
  RETURN collect(c) AS to_old, collect(v) AS to_had
}
CALL (m) {
  OPTIONAL MATCH (m)-[c:CLOSE_FROM]->(u:Member)
  RETURN collect(c) AS from_old, collect(u) AS from_had
}
// Making what is missing beats MERGE by half: most of the time all of it is missing, or none.
FOREACH (c IN [i IN range(0, size(to_old) - 1) WHERE NOT to_had[i] IN to_best | to_old[i]] | DELETE c)
FOREACH (i IN range(0, size(to_old) - 1) |
  FOREACH (j IN [j IN range(0, size(to_best) - 1) WHERE to_best[j] = to_had[i]] |
    FOREACH (c IN [to_old[i]] | SET c.pass_on = to_scores[j])
  )
)
FOREACH (i IN [i IN range(0, size(to_best) - 1) WHERE NOT to_best[i] IN to_had] |
  FOREACH (v IN [to_best[i]] | CREATE (m)-[:CLOSE_TO {pass_on: to_scores[i]}]->(v))
)
FOREACH (c IN [i IN range(0, size(from_old) - 1) WHERE NOT from_had[i] IN from_best | from_old[i]] | DELETE c)
FOREACH (i IN range(0, size(from_old) - 1) |
  FOREACH (j IN [j IN range(0, size(from_best) - 1) WHERE from_best[j] = from_had[i]] |
    FOREACH (c IN [from_old[i]] | SET c.pass_on = from_scores[j])
  )
)
FOREACH (i IN [i IN range(0, size(from_best) - 1) WHERE NOT from_best[i] IN from_had] |
  FOREACH (u IN [from_best[i]] | CREATE (m)-[:CLOSE_FROM {pass_on: from_scores[i]}]->(u))
)
SET m.close_to_best = to_scores[0], m.close_from_best = from_scores[0]
RETURN count(m) AS members
