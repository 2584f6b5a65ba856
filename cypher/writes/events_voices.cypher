// Write voices as events left them; new ones are numbered in the order in which they come to be there.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {rows: [["m1", "o1", {voice_id: "v1", kind: "need", at: 1760000000}]]}}
//
// The realm is locked until the transaction ends: whoever saw a number has seen all that are lower.
MERGE (realm:Realm {realm: $realm})
SET realm.last_voice_no = coalesce(realm.last_voice_no, 0)
WITH realm
UNWIND $ask.rows AS row
MATCH (m:Member {realm: $realm, member_id: row[0]})
MATCH (o:Offering {realm: $realm, offering_id: row[1]})
MERGE (m)-[v:VOICED {voice_id: row[2].voice_id}]->(o)
FOREACH (_ IN CASE WHEN v.voice_no IS NULL THEN [1] ELSE [] END |
  SET realm.last_voice_no = realm.last_voice_no + 1, v.voice_no = realm.last_voice_no, v.realm = $realm
)
SET v += row[2]
RETURN count(v) AS voices
LIMIT 1
