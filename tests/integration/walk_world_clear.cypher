// Remove the small graph of one example.
//   :params {realm: "test-0"}
CALL () {
  MATCH (m:Member {realm: $realm})
  WHERE m.member_id IS NOT NULL
  RETURN m AS n
  UNION ALL
  MATCH (c:Community {realm: $realm})
  WHERE c.community_id IS NOT NULL
  RETURN c AS n
}
DETACH DELETE n
