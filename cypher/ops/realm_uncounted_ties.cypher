// A tie whose strength can no longer be counted anew, if there is one: some of its contacts have lost their times.
// @kind ops   @owner platform   @timeout 10min   @max_rows 1   @maturity stable
//   :params {realm: "demo"}
MATCH (m:Member {realm: $realm})-[k:KNOWS]->(:Member)
WHERE k.contacts > size(coalesce(k.recent, []))
RETURN k.contacts AS contacts
LIMIT 1
