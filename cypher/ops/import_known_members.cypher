// Which of some ids of members the realm has.
// @kind ops   @owner platform   @timeout 1min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", ids: ["x1"]}
UNWIND $ids AS id
MATCH (n:Member {realm: $realm, member_id: id})
RETURN n.member_id AS id
ORDER BY id
LIMIT 50000
