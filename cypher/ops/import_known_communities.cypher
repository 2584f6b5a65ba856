// Which of some ids of communities the realm has.
// @kind ops   @owner platform   @timeout 1min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", ids: ["x1"]}
UNWIND $ids AS id
MATCH (n:Community {realm: $realm, community_id: id})
RETURN n.community_id AS id
ORDER BY id
LIMIT 50000
