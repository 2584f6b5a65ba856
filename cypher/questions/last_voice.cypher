// The number of the voice that came last.
// @kind question   @owner platform   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {}}
OPTIONAL MATCH (realm:Realm {realm: $realm})
RETURN coalesce(realm.last_voice_no, 0) AS number
LIMIT 1
