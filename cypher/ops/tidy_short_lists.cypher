// The next members in the order of their ids, and whose lists of the walk are short though they have more ties.
// @kind ops   @owner platform   @timeout 1min   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {cursor: "", short: 24, limit: 5000}}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $ask.cursor
WITH m
ORDER BY m.member_id
LIMIT $ask.limit
WITH max(m.member_id) AS cursor, collect(m) AS members
WHERE cursor IS NOT NULL
RETURN cursor, size(members) AS members, COLLECT {
    UNWIND members AS m
    WITH m, COUNT { (m)-[:CLOSE_TO]->() } AS to_listed, COUNT { (m)-[:CLOSE_FROM]->() } AS from_listed
    WHERE (to_listed < $ask.short AND to_listed < COUNT { (m)-[:KNOWS]->() })
      OR (from_listed < $ask.short AND from_listed < COUNT { (m)<-[:KNOWS]-() })
    RETURN m.member_id AS short_id
    ORDER BY short_id
  } AS short_ids
LIMIT 1
