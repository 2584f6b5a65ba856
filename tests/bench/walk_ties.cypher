// Ties of a made-up graph with both lists of the walk; `close` says which end lists the tie.
//   :params {realm: "bench", rows: [{id: "m1", ties: [["m2", 0.03, true, false]]}]}
UNWIND $rows AS row
MATCH (u:Member {realm: $realm, member_id: row.id})
UNWIND row.ties AS tie
MATCH (v:Member {realm: $realm, member_id: tie[0]})
CREATE (u)-[:KNOWS {pass_on: tie[1], strength: 1.0, last_at: 1600000000, since: 1500000000}]->(v)
FOREACH (_ IN CASE WHEN tie[2] THEN [1] ELSE [] END | CREATE (u)-[:CLOSE_TO {pass_on: tie[1]}]->(v))
FOREACH (_ IN CASE WHEN tie[3] THEN [1] ELSE [] END | CREATE (v)-[:CLOSE_FROM {pass_on: tie[1]}]->(u))
FOREACH (_ IN CASE WHEN tie[4] THEN [1] ELSE [] END | CREATE (u)-[:BLOCKS {at: 1600000000}]->(v))
