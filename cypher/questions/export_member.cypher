// What a member is, how many there are of what leads to or from it, and how many have blocked it.
// @kind question   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {member_id: "m1"}}
MATCH (m:Member {realm: $realm, member_id: $ask.member_id})
CALL (m) {
  MATCH (m)-[r]-()
  WITH type(r) AS kind, startNode(r) = m AS from_here, count(*) AS number
  RETURN collect([kind, from_here, number]) AS numbers
}
RETURN properties(m) AS member, numbers
LIMIT 1
