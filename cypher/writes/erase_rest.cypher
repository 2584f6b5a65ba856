// Take the next of all that still hangs on an erased member, whatever it is; and with the last of it the member.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {left_id: "~~0f3a", batch: 1000}}
MATCH (gone:Member {realm: $realm, member_id: $ask.left_id})
SET gone.updated_at = gone.updated_at // takes the lock, changes nothing
WITH gone
CALL (gone) {
  MATCH (gone)-[r]-()
  WITH r
  LIMIT $ask.batch
  DELETE r
  RETURN count(r) AS taken
}
WITH gone, taken
CALL (gone, taken) {
  WITH gone
  WHERE taken < $ask.batch AND NOT EXISTS { (gone)--() }
  DELETE gone
}
RETURN taken AS done
LIMIT 1
