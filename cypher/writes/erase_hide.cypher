// Hide a member who is to be erased, at once and for good: nothing finds it by its id from now on, no event brings the id
// back, and what is left of it may not be reached, named or asked until that is gone too.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {member_id: "m1", member_hash: "0f3a", left_id: "~~0f3a"}}
//
// Who is not there is made and hidden: the same work for every id. Making takes the lock on the id that whoever writes
// about the member takes as well: either sees the other's work. `left_id` is longer than any id of a member can be.
MERGE (:Erased {realm: $realm, member_hash: $ask.member_hash})
MERGE (m:Member {realm: $realm, member_id: $ask.member_id})
SET m.updated_at = m.updated_at // takes the lock, changes nothing
WITH m
SET m = {
  realm: $realm,
  member_id: $ask.left_id,
  can_be_reached: false,
  can_be_named: false,
  can_introduce: false,
  opted_out_at: 0
}
RETURN COUNT { (m)--() } AS relationships
LIMIT 1
