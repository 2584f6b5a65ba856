// Which of some outreaches are there, and their hops; nobody else changes them until the transaction ends.
// @kind write   @owner platform   @timeout 5min   @max_rows 50000   @maturity stable
//   :params {realm: "demo", ids: ["r1"]}
UNWIND $ids AS id
MATCH (o:Outreach {realm: $realm, outreach_id: id})
SET o.at = o.at // takes the lock, changes nothing
WITH o
CALL (o) {
  OPTIONAL MATCH (o)-[h:HOP]->(m:Member)
  RETURN collect({member_id: m.member_id, hop: properties(h)}) AS hops
}
RETURN o.outreach_id AS id, properties(o) AS stored, hops
ORDER BY id
LIMIT 50000
