// Write ties as events left them, and their places in the lists of the walk.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {ties: [{from_id: "m1", to_id: "m2", properties: {strength: 2.5}, ended_at: null,
//     close_to: 0.03, close_from: null}], left_to: [["m1", "m3"]], left_from: [], to_best: [["m1", 0.03]], from_best: []}}
//
// A tie without properties is gone. `close_to` and `close_from` of a tie are what its places in the one's CLOSE_TO and the
// other's CLOSE_FROM say from now on, null where they stay; places that are given up are [whose list, who stood there].
CALL () {
  UNWIND $ask.ties AS row
  MATCH (u:Member {realm: $realm, member_id: row.from_id})
  MATCH (v:Member {realm: $realm, member_id: row.to_id})
  OPTIONAL MATCH (u)-[k:KNOWS]->(v)
  FOREACH (_ IN CASE WHEN k IS NULL AND row.properties IS NOT NULL THEN [1] ELSE [] END |
    CREATE (u)-[made:KNOWS]->(v)
    SET made = row.properties
  )
  FOREACH (there IN CASE WHEN k IS NULL OR row.properties IS NULL THEN [] ELSE [k] END | SET there += row.properties)
  FOREACH (gone IN CASE WHEN row.properties IS NULL THEN [k] ELSE [] END | DELETE gone)
  FOREACH (at IN CASE WHEN row.ended_at IS NULL THEN [] ELSE [row.ended_at] END |
    MERGE (u)-[ended:KNEW]->(v)
    SET ended.at = at
  )
  FOREACH (pass_on IN CASE WHEN row.close_to IS NULL THEN [] ELSE [row.close_to] END |
    MERGE (u)-[c:CLOSE_TO]->(v)
    SET c.pass_on = pass_on
  )
  FOREACH (pass_on IN CASE WHEN row.close_from IS NULL THEN [] ELSE [row.close_from] END |
    MERGE (v)-[c:CLOSE_FROM]->(u)
    SET c.pass_on = pass_on
  )
  RETURN count(*) AS ties
}
CALL () {
  UNWIND $ask.left_to AS place
  MATCH (m:Member {realm: $realm, member_id: place[0]})
  MATCH (o:Member {realm: $realm, member_id: place[1]})
  MATCH (m)-[c:CLOSE_TO]->(o)
  DELETE c
  RETURN count(*) AS fewer_to
}
CALL () {
  UNWIND $ask.left_from AS place
  MATCH (m:Member {realm: $realm, member_id: place[0]})
  MATCH (o:Member {realm: $realm, member_id: place[1]})
  MATCH (m)-[c:CLOSE_FROM]->(o)
  DELETE c
  RETURN count(*) AS fewer_from
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
