// Some members who may send something, to warm up with: the first of the realm, each with an experience.
// @kind question   @owner platform   @timeout 5s   @max_rows 64   @maturity stable
//   :params {realm: "demo", ask: {}}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > ''
WITH m
ORDER BY m.member_id
LIMIT 256
MATCH (m)-[e:EXPERIENCED]->(o:Offering)
WITH m, min(o.offering_id) AS offering_id
WHERE EXISTS { (m)-[:CLOSE_TO]->() }
RETURN m.member_id AS member_id, offering_id
ORDER BY member_id
LIMIT 64
