// Take the next experiences of an erased member, and keep with each offering how many there were and what they were worth.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {left_id: "~~0f3a", batch: 1000}}
MATCH (gone:Member {realm: $realm, member_id: $ask.left_id})-[x:EXPERIENCED]->(o:Offering)
WITH x, o
LIMIT $ask.batch
WITH x, o
ORDER BY o.offering_id
SET o.erased_members = coalesce(o.erased_members, 0) + 1,
  o.erased_value = CASE WHEN x.value IS NULL THEN o.erased_value ELSE coalesce(o.erased_value, 0.0) + x.value END
DELETE x
RETURN count(*) AS done
LIMIT 1
