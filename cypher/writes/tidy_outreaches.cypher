// Remove some outreaches; who stood in them.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {outreach_ids: ["r1"]}}
//
// Whoever writes about an outreach locks it first and its members after.
UNWIND $ask.outreach_ids AS outreach_id
MATCH (o:Outreach {realm: $realm, outreach_id: outreach_id})
SET o.at = o.at // takes the lock, changes nothing
WITH collect(o) AS outreaches
WITH outreaches, COLLECT {
    UNWIND outreaches AS o
    MATCH (o)-[:HOP]->(m:Member)
    RETURN DISTINCT m.member_id AS member_id
    ORDER BY member_id
  } AS member_ids
FOREACH (o IN outreaches | DETACH DELETE o)
RETURN member_ids, size(outreaches) AS done
LIMIT 1
