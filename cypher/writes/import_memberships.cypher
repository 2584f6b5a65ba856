// Make or update who belongs to which community, from an import.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", rows: [{member_id: "m1", community_id: "c1", properties: {role: "member"}}]}
UNWIND $rows AS row
MATCH (m:Member {realm: $realm, member_id: row.member_id})
MATCH (c:Community {realm: $realm, community_id: row.community_id})
MERGE (m)-[b:BELONGS_TO]->(c)
SET b += row.properties
RETURN count(b) AS written
