// Forget the next events that were applied before a time: told again, they are applied again.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {before: 1600000000, batch: 10000}}
MATCH (e:Event {realm: $realm})
WHERE e.applied_at < $ask.before
WITH e
LIMIT $ask.batch
DELETE e
RETURN count(*) AS done
LIMIT 1
