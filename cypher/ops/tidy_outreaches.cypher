// The next outreaches in the order of their ids, and which of them are older than they may be.
// @kind ops   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {cursor: "", before: 1600000000, limit: 1000}}
//
// One whose start was never told is as old as the last that was told of it.
MATCH (o:Outreach {realm: $realm})
WHERE o.outreach_id > $ask.cursor
WITH o
ORDER BY o.outreach_id
LIMIT $ask.limit
WITH max(o.outreach_id) AS cursor, collect(o) AS outreaches
WHERE cursor IS NOT NULL
RETURN cursor, COLLECT {
    UNWIND outreaches AS o
    WITH o, coalesce(o.at, o.outcome_at, COLLECT { MATCH (o)-[h:HOP]->() RETURN max(h.asked_at) }[0], 0) AS at
    WHERE at < $ask.before
    RETURN o.outreach_id AS old
    ORDER BY old
  } AS old_ids
LIMIT 1
