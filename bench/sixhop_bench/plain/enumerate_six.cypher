// The 50 members with the best chains of at most six ties, by enumerating them all.
//   :params {realm: "bench", ask: {sender_id: "m1"}}
MATCH path = (sender:Member {realm: $realm, member_id: $ask.sender_id})-[:KNOWS*1..6]->(target)
WHERE target <> sender
WITH target, max(reduce(score = 1.0, k IN relationships(path) | score * k.pass_on)) AS score
ORDER BY score DESC, target.member_id
LIMIT 50
RETURN target.member_id AS target_id, score
