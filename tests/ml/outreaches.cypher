UNWIND $rows AS row
CREATE (o:Outreach {realm: $realm, outreach_id: row.id})
SET o += row.facts
WITH o, row
MATCH (f:Offering {realm: $realm, offering_id: row.offering})
CREATE (o)-[:ABOUT]->(f)
WITH o, row
UNWIND row.hops AS hop
MATCH (m:Member {realm: $realm, member_id: hop.member})
CREATE (o)-[h:HOP]->(m)
SET h += hop.facts
