// Which of some ids of outreach the realm has, but for those whose sender or target was erased.
// @kind ops   @owner platform   @timeout 1min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", ids: ["x1"]}
UNWIND $ids AS id
MATCH (n:Outreach {realm: $realm, outreach_id: id})
WHERE n.last_position IS NULL
RETURN n.outreach_id AS id
ORDER BY id
LIMIT 50000
