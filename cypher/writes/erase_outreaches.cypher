// Take an erased member from some outreaches. What the others did and what came of it stays; where the sender or the target
// is gone, nothing more is told of the outreach, and it keeps where its last hop stood.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {left_id: "~~0f3a", outreach_ids: ["r1"]}}
UNWIND $ask.outreach_ids AS outreach_id
MATCH (o:Outreach {realm: $realm, outreach_id: outreach_id})
SET o.at = o.at // takes the lock, changes nothing
WITH collect(o) AS outreaches
MATCH (gone:Member {realm: $realm, member_id: $ask.left_id})
UNWIND outreaches AS o
CALL (o, gone) {
  MATCH (o)-[h:HOP]->(m:Member)
  WITH gone, h, m
  ORDER BY coalesce(h.is_target, false) DESC, h.position DESC, h.asked_at IS NULL DESC, m.member_id DESC
  WITH gone, collect(h) AS hops, collect(m) AS members
  RETURN reduce(last = 0, h IN hops | CASE WHEN h.position > last THEN h.position ELSE last END) AS last_position,
    members[0] = gone OR any(i IN range(0, size(hops) - 1) WHERE members[i] = gone AND hops[i].position = 0) AS is_end,
    [m IN members WHERE m <> gone | m.member_id] AS other_ids
}
FOREACH (_ IN CASE WHEN is_end THEN [1] ELSE [] END |
  SET o.last_position = coalesce(o.last_position, last_position), o.attribution_token = null
)
WITH o, gone, other_ids
CALL (o, gone, other_ids) {
  MATCH (o)-[h:HOP]->(m:Member)
  WHERE m <> gone AND NOT h.asked_by IN other_ids
  SET h.asked_by = null
}
CALL (o, gone) {
  MATCH (o)-[r:HOP|ADOPTED_THROUGH]-(gone)
  DELETE r
}
RETURN count(o) AS done
LIMIT 1
