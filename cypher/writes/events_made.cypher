// Note that events were applied, and make the members, offerings, enterprises and communities they speak of where these
// are not there yet.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {event_ids: ["x1"], now: 1760000000, member_ids: ["m1"], offering_ids: [],
//     enterprise_ids: [], alliance_ids: [], community_ids: [], told_ids: ["o1"]}}
//
// Offerings, enterprises and communities that something is told of (`told_ids`), not those only spoken of, are locked for
// what is read of them next, in the order of kinds and ids.
// `again`: so many of the events were applied by somebody else meanwhile.
CALL () {
  UNWIND $ask.event_ids AS event_id
  MERGE (e:Event {realm: $realm, event_id: event_id})
  WITH e, e.applied_at IS NOT NULL AS again
  SET e.applied_at = coalesce(e.applied_at, $ask.now)
  RETURN sum(CASE WHEN again THEN 1 ELSE 0 END) AS again
}
CALL () {
  UNWIND $ask.member_ids AS id
  MERGE (m:Member {realm: $realm, member_id: id})
  RETURN count(m) AS members
}
CALL () {
  UNWIND $ask.offering_ids AS id
  MERGE (o:Offering {realm: $realm, offering_id: id})
  FOREACH (_ IN CASE WHEN id IN $ask.told_ids THEN [1] ELSE [] END | SET o.updated_at = o.updated_at)
  RETURN count(o) AS offerings
}
CALL () {
  UNWIND $ask.enterprise_ids AS id
  MERGE (e:Enterprise {realm: $realm, enterprise_id: id})
  FOREACH (_ IN CASE WHEN id IN $ask.told_ids THEN [1] ELSE [] END | SET e.updated_at = e.updated_at)
  RETURN count(e) AS enterprises
}
CALL () {
  UNWIND $ask.alliance_ids AS id
  MERGE (a:Alliance {realm: $realm, alliance_id: id})
  RETURN count(a) AS alliances
}
CALL () {
  UNWIND $ask.community_ids AS id
  MERGE (c:Community {realm: $realm, community_id: id})
  FOREACH (_ IN CASE WHEN id IN $ask.told_ids THEN [1] ELSE [] END | SET c.updated_at = c.updated_at)
  RETURN count(c) AS communities
}
RETURN again
LIMIT 1
