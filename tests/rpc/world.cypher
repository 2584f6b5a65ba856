// A small world of one realm: members, ties, offerings, who experienced them, outreaches, communities and enterprises.
//   :params {realm: "test-0", settings: {}, members: [], offerings: [], ties: [], blocks: [], experiences: [],
//     outreaches: [], communities: [], memberships: [], enterprises: [], acts_for: []}
CALL () {
  MERGE (r:Realm {realm: $realm})
  SET r += $settings
}
CALL () {
  UNWIND $members AS facts
  CREATE (m:Member {realm: $realm})
  SET m += facts
}
CALL () {
  UNWIND $offerings AS facts
  CREATE (o:Offering {realm: $realm})
  SET o += facts
}
WITH *
CALL () {
  UNWIND $ties AS t
  MATCH (u:Member {realm: $realm, member_id: t.from}), (v:Member {realm: $realm, member_id: t.to})
  CREATE (u)-[:KNOWS {pass_on: t.pass_on, strength: 1.0, last_at: $now}]->(v)
}
CALL () {
  UNWIND $blocks AS b
  MATCH (u:Member {realm: $realm, member_id: b.from}), (v:Member {realm: $realm, member_id: b.to})
  CREATE (u)-[:BLOCKS {at: 1}]->(v)
}
CALL () {
  UNWIND $experiences AS x
  MATCH (m:Member {realm: $realm, member_id: x.member_id}), (o:Offering {realm: $realm, offering_id: x.offering_id})
  CREATE (m)-[r:EXPERIENCED]->(o)
  SET r = x.facts
}
CALL () {
  UNWIND $outreaches AS sent
  MATCH (offering:Offering {realm: $realm, offering_id: sent.offering_id})
  CREATE (outreach:Outreach {realm: $realm, outreach_id: sent.outreach_id, at: sent.at, outcome: sent.outcome})
  CREATE (outreach)-[:ABOUT]->(offering)
  WITH outreach, sent
  UNWIND range(0, size(sent.member_ids) - 1) AS position
  MATCH (m:Member {realm: $realm, member_id: sent.member_ids[position]})
  CREATE (outreach)-[:HOP {position: position, attempt: 1}]->(m)
}
CALL () {
  UNWIND $communities AS child
  MERGE (c:Community {realm: $realm, community_id: child.community_id})
  MERGE (parent:Community {realm: $realm, community_id: child.parent_id})
  CREATE (c)-[:PART_OF]->(parent)
}
CALL () {
  UNWIND $memberships AS belongs
  MATCH (m:Member {realm: $realm, member_id: belongs.member_id})
  MERGE (c:Community {realm: $realm, community_id: belongs.community_id})
  CREATE (m)-[:BELONGS_TO {weight: belongs.weight}]->(c)
}
CALL () {
  UNWIND $enterprises AS enterprise_id
  CREATE (:Enterprise {realm: $realm, enterprise_id: enterprise_id})
}
WITH *
CALL () {
  UNWIND $acts_for AS acts
  MATCH (m:Member {realm: $realm, member_id: acts.member_id})
  MATCH (e:Enterprise {realm: $realm, enterprise_id: acts.enterprise_id})
  CREATE (m)-[:ACTS_FOR {role: 'buyer'}]->(e)
}
RETURN 1 AS done
