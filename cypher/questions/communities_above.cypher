// What some communities are part of, up to eight levels up.
// @kind question   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {community_ids: ["c1"]}}
//
// `above` are [community_id, ids of all that it is part of].
UNWIND $ask.community_ids AS community_id
MATCH (c:Community {realm: $realm, community_id: community_id})-[:PART_OF*1..8]->(parent:Community)
WITH community_id, collect(DISTINCT parent.community_id) AS parent_ids
RETURN collect([community_id, parent_ids]) AS above
LIMIT 1
