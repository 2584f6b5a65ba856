// Write ties as events left them, and their places in the lists of the walk.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {ties: [{from_id: "m1", to_id: "m2", ended_at: null, properties: {strength: 2.5}}],
//     close_to: [["m1", "m2", 0.03]], close_from: [["m2", "m1", 0.03]], to_best: [["m1", 0.03]], from_best: [["m2", 0.03]]}}
//
// A tie without properties is gone. A place in a list is [whose list, who stands there, pass_on], without pass_on one
// that is given up.
CALL () {
  UNWIND $ask.ties AS row
  MATCH (u:Member {realm: $realm, member_id: row.from_id})
  MATCH (v:Member {realm: $realm, member_id: row.to_id})
  CALL (u, v, row) {
    WITH u, v, row
    WHERE row.properties IS NOT NULL
    MERGE (u)-[k:KNOWS]->(v)
    SET k += row.properties
  }
  CALL (u, v, row) {
    WITH u, v, row
    WHERE row.properties IS NULL
    MATCH (u)-[k:KNOWS]->(v)
    DELETE k
  }
  CALL (u, v, row) {
    WITH u, v, row
    WHERE row.ended_at IS NOT NULL
    MERGE (u)-[gone:KNEW]->(v)
    SET gone.at = row.ended_at
  }
  RETURN count(*) AS ties
}
CALL () {
  UNWIND $ask.close_to AS place
  MATCH (m:Member {realm: $realm, member_id: place[0]})
  MATCH (o:Member {realm: $realm, member_id: place[1]})
  OPTIONAL MATCH (m)-[c:CLOSE_TO]->(o)
  FOREACH (gone IN CASE WHEN place[2] IS NULL THEN [c] ELSE [] END | DELETE gone)
  FOREACH (kept IN CASE WHEN place[2] IS NULL OR c IS NULL THEN [] ELSE [c] END | SET kept.pass_on = place[2])
  FOREACH (_ IN CASE WHEN place[2] IS NULL OR c IS NOT NULL THEN [] ELSE [1] END |
    CREATE (m)-[:CLOSE_TO {pass_on: place[2]}]->(o)
  )
  RETURN count(*) AS places_to
}
CALL () {
  UNWIND $ask.close_from AS place
  MATCH (m:Member {realm: $realm, member_id: place[0]})
  MATCH (o:Member {realm: $realm, member_id: place[1]})
  OPTIONAL MATCH (m)-[c:CLOSE_FROM]->(o)
  FOREACH (gone IN CASE WHEN place[2] IS NULL THEN [c] ELSE [] END | DELETE gone)
  FOREACH (kept IN CASE WHEN place[2] IS NULL OR c IS NULL THEN [] ELSE [c] END | SET kept.pass_on = place[2])
  FOREACH (_ IN CASE WHEN place[2] IS NULL OR c IS NOT NULL THEN [] ELSE [1] END |
    CREATE (m)-[:CLOSE_FROM {pass_on: place[2]}]->(o)
  )
  RETURN count(*) AS places_from
}
CALL () {
  UNWIND $ask.to_best AS best
  MATCH (m:Member {realm: $realm, member_id: best[0]})
  SET m.close_to_best = best[1]
  RETURN count(*) AS to_bests
}
CALL () {
  UNWIND $ask.from_best AS best
  MATCH (m:Member {realm: $realm, member_id: best[0]})
  SET m.close_from_best = best[1]
  RETURN count(*) AS from_bests
}
RETURN ties
LIMIT 1
