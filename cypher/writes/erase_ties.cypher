// Take all that joins an erased member to some others, and say whose lists of the walk are the shorter for it.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {left_id: "~~0f3a", member_ids: ["m2", "m3"]}}
//
// The others are locked in the order of their ids before anything is taken. `shorter` are [member_id, how many ties they
// have left either way, how many places are taken in the shorter of their two lists].
UNWIND $ask.member_ids AS member_id
MATCH (o:Member {realm: $realm, member_id: member_id})
SET o.updated_at = o.updated_at // takes the lock, changes nothing
WITH collect(o) AS others
MATCH (gone:Member {realm: $realm, member_id: $ask.left_id})
UNWIND others AS o
CALL (gone, o) {
  MATCH (gone)-[r:KNOWS|KNEW|CLOSE_TO|CLOSE_FROM|BLOCKS|UNBLOCKED]-(o)
  WITH collect(r) AS joins, sum(CASE WHEN startNode(r) = o AND type(r) IN ['CLOSE_TO', 'CLOSE_FROM'] THEN 1 ELSE 0 END) AS lost
  FOREACH (r IN joins | DELETE r)
  RETURN lost
}
WITH o, lost
WHERE lost > 0
WITH o, COUNT { (o)-[:CLOSE_TO]->() } AS to_listed, COUNT { (o)-[:CLOSE_FROM]->() } AS from_listed,
  COUNT { (o)-[:KNOWS]->() } AS ties_to, COUNT { (o)<-[:KNOWS]-() } AS ties_from
RETURN collect([
    o.member_id, ties_to + ties_from,
    CASE WHEN to_listed < ties_to AND (to_listed < from_listed OR from_listed >= ties_from) THEN to_listed ELSE from_listed END
  ]) AS shorter
LIMIT 1
