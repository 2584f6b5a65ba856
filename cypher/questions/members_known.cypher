// Which of a few members are there.
// @kind question   @owner platform   @timeout 2s   @max_rows 2   @maturity stable
//   :params {realm: "demo", ask: {member_ids: ["m1", "m2"]}}
UNWIND $ask.member_ids AS member_id
MATCH (member:Member {realm: $realm, member_id: member_id})
RETURN DISTINCT member.member_id AS member_id
ORDER BY member_id
LIMIT 2
