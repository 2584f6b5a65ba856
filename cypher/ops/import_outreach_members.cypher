// Who stands on some outreaches.
// @kind ops   @owner platform   @timeout 1min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", ids: ["r1"]}
UNWIND $ids AS id
MATCH (o:Outreach {realm: $realm, outreach_id: id})
CALL (o) {
  MATCH (o)-[:HOP]->(m:Member)
  RETURN collect(DISTINCT m.member_id) AS member_ids
}
RETURN id, member_ids
ORDER BY id
LIMIT 50000
