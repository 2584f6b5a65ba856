// How some outreaches stand, locked, and when who is on them was last sent, asked and reached.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {outreach_ids: ["r1"], member_ids: ["m1"]}}
//
// `outreaches` are [id, properties, offering_id, hops as [member_id, properties]]; `members` [id, sent_at, asked_at,
// reached_at].
CALL () {
  UNWIND $ask.outreach_ids AS id
  MATCH (o:Outreach {realm: $realm, outreach_id: id})
  SET o.at = o.at // takes the lock, changes nothing
  WITH id, o
  OPTIONAL MATCH (o)-[:ABOUT]->(f:Offering)
  WITH id, o, min(f.offering_id) AS offering_id
  RETURN collect([id, properties(o), offering_id, COLLECT {
      MATCH (o)-[h:HOP]->(m:Member)
      RETURN [m.member_id, properties(h)]
    }]) AS outreaches
}
WITH outreaches, COLLECT {
    UNWIND reduce(ids = $ask.member_ids, o IN outreaches | ids + [hop IN o[3] | hop[0]]) AS id
    RETURN DISTINCT id
    ORDER BY id
  } AS ids
CALL (ids) {
  UNWIND ids AS id
  MATCH (m:Member {realm: $realm, member_id: id})
  SET m.updated_at = m.updated_at // takes the lock, changes nothing
  RETURN collect([id, m.sent_at, m.asked_at, m.reached_at]) AS members
}
RETURN outreaches, members
LIMIT 1
