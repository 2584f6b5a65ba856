// Make sent_at, asked_at and reached_at of some members what the hops of outreaches say: the last times of each.
// Position 0 is the sender, the last the target, those between are asked. An outreach
// whose end was erased keeps the last position. What is right already is not written.
// @kind write   @owner platform   @timeout 10min   @max_rows 1   @maturity stable
//   :params {realm: "demo", member_ids: ["m1", "m2"], kept: 64}
UNWIND $member_ids AS member_id
MATCH (m:Member {realm: $realm, member_id: member_id})
SET m.updated_at = m.updated_at // locks the member: nobody else changes its times meanwhile
WITH m
CALL (m) {
  MATCH (m)<-[h:HOP]-(o:Outreach)
  WHERE h.position = 0
  WITH o.at AS at
  ORDER BY at DESC
  LIMIT $kept
  WITH at
  ORDER BY at
  RETURN collect(at) AS sent_at
}
CALL (m) {
  MATCH (m)<-[h:HOP]-(o:Outreach)
  WHERE h.position > 0 AND h.asked_at IS NOT NULL
    AND (o.last_position > h.position OR EXISTS { MATCH (o)-[further:HOP]->(:Member) WHERE further.position > h.position })
  WITH h.asked_at AS at
  ORDER BY at DESC
  LIMIT $kept
  WITH at
  ORDER BY at
  RETURN collect(at) AS asked_at
}
CALL (m) {
  MATCH (m)<-[h:HOP]-(o:Outreach)
  WHERE h.position > 0
    AND coalesce(o.last_position <= h.position, true)
    AND NOT EXISTS { MATCH (o)-[further:HOP]->(:Member) WHERE further.position > h.position }
  WITH o.at AS at
  ORDER BY at DESC
  LIMIT $kept
  WITH at
  ORDER BY at
  RETURN collect(at) AS reached_at
}
SET m.sent_at = nullIf(sent_at, []), m.asked_at = nullIf(asked_at, []), m.reached_at = nullIf(reached_at, [])
RETURN count(m) AS members
