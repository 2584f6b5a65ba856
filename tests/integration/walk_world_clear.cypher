// Remove the small graph of one example.
//   :params {realm: "test-0"}
MATCH (m:Member {realm: $realm})
WHERE m.member_id IS NOT NULL
DETACH DELETE m
