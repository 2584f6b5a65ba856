// Five shortest paths of at most six ties.
//   :params {realm: "bench", ask: {from_id: "m1", to_id: "m2"}}
MATCH (start:Member {realm: $realm, member_id: $ask.from_id}), (end:Member {realm: $realm, member_id: $ask.to_id})
MATCH path = SHORTEST 5 (start)-[:KNOWS]->{1,6}(end)
RETURN [m IN nodes(path) | m.member_id] AS member_ids
LIMIT 5
