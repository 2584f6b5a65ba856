// Members of a made-up graph: $flags says who may introduce; each has experienced some offerings.
//   :params {realm: "bench", rows: [{id: "m1", can_introduce: true, had: [["o1", 1500000000, 0.5]]}]}
UNWIND $rows AS row
CREATE (m:Member {realm: $realm, member_id: row.id, joined_at: 1400000000, can_introduce: row.can_introduce})
WITH m, row
UNWIND row.had AS had
MATCH (o:Offering {realm: $realm, offering_id: had[0]})
CREATE (m)-[:EXPERIENCED {kind: 'use', first_at: had[1], last_at: had[1], times: 1, sentiment: had[2]}]->(o)
