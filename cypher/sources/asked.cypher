// Members whom the question itself names as candidates; of the community that is aimed at, where one is.
// @kind source   @owner growth   @timeout 60s   @max_rows 200   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, limit: 200, community_id: null,
//     candidate_ids: ["m9"]}}
UNWIND $ask.candidate_ids AS candidate_id
MATCH (v:Member {realm: $realm, member_id: candidate_id})
USING INDEX v:Member(realm, member_id)
WITH v
WHERE v.member_id <> $ask.sender_id
  AND ($ask.community_id IS NULL OR EXISTS {
    MATCH (v)-[b:BELONGS_TO]->(:Community)-[:PART_OF*0..3]->(:Community {realm: $realm, community_id: $ask.community_id})
    WHERE coalesce(b.since <= $ask.as_of, true) AND coalesce(b.until > $ask.as_of, true)
  })
RETURN v.member_id AS target_id, 1.0 AS relevance
ORDER BY target_id
LIMIT 200
