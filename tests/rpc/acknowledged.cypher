MATCH (m:Member {realm: $realm})-[:EXPERIENCED]->(:Offering {realm: $realm, offering_id: $offering_id})
RETURN collect(m.member_id) AS member_ids
