// Which of some ids of enterprises the realm has.
// @kind ops   @owner platform   @timeout 1min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", ids: ["x1"]}
UNWIND $ids AS id
MATCH (n:Enterprise {realm: $realm, enterprise_id: id})
RETURN n.enterprise_id AS id
ORDER BY id
LIMIT 50000
