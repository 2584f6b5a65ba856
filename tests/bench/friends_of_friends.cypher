// The plain way to compare with: friends of friends, the 50 with most friends in common.
//   :params {realm: "bench", sender_id: "m1"}
MATCH (s:Member {realm: $realm, member_id: $sender_id})-[:KNOWS]->(u)-[:KNOWS]->(v)
WHERE v <> s
WITH v, count(*) AS common
ORDER BY common DESC, v.member_id
LIMIT 50
RETURN v.member_id AS target_id, common
