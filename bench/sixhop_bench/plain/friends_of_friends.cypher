// Friends of friends in one statement: the 50 with most friends in common.
//   :params {realm: "bench", ask: {sender_id: "m1"}}
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})-[:KNOWS]->()-[:KNOWS]->(target)
WHERE target <> sender
WITH target, count(*) AS common
ORDER BY common DESC, target.member_id
LIMIT 50
RETURN target.member_id AS target_id, common
