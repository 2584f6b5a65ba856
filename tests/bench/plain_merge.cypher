UNWIND $rows AS row
MATCH (u:Member {realm: $realm, member_id: row.from_id})
MATCH (v:Member {realm: $realm, member_id: row.to_id})
MERGE (u)-[k:KNOWS]->(v)
SET k.strength = row.strength
