// Lock who some events speak of, in order, and say which of the events were applied before, and who was erased.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {member_ids: ["m1", "m2"], event_ids: ["x1"], member_hashes: ["0f3a"],
//     outreach_ids: ["r1"]}}
//
// Whoever writes about members locks them in the order of their ids before anything else, so that nobody waits for
// somebody who waits for them. What was applied is read after: whoever applied it has let go of the members by then.
CALL () {
  UNWIND $ask.member_ids AS member_id
  MATCH (m:Member {realm: $realm, member_id: member_id})
  SET m.updated_at = m.updated_at // takes the lock, changes nothing
  RETURN count(m) AS locked
}
CALL () {
  UNWIND $ask.event_ids AS event_id
  MATCH (e:Event {realm: $realm, event_id: event_id})
  RETURN collect(event_id) AS applied_ids
}
CALL () {
  UNWIND $ask.member_hashes AS member_hash
  MATCH (e:Erased {realm: $realm, member_hash: member_hash})
  RETURN collect(member_hash) AS erased_hashes
}
CALL () {
  UNWIND $ask.outreach_ids AS outreach_id
  MATCH (o:Outreach {realm: $realm, outreach_id: outreach_id})
  WHERE o.last_position IS NOT NULL // whose sender or target was erased
  RETURN collect(outreach_id) AS closed_ids
}
OPTIONAL MATCH (realm:Realm {realm: $realm})
RETURN locked, applied_ids, erased_hashes, closed_ids, properties(realm) AS realm
LIMIT 1
