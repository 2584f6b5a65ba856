// How strong the ties of some chains are, as of a time; null where it is not known.
// @kind question   @owner platform   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {as_of: 1760000000, chains: [["m1", "m2", "m3"]]}}
OPTIONAL MATCH (realm:Realm {realm: $realm})
WITH coalesce(realm.half_life_days, 90.0) * 86400 AS half_life_s
UNWIND range(0, size($ask.chains) - 1) AS place
WITH half_life_s, place, $ask.chains[place] AS ids
UNWIND range(0, size(ids) - 2) AS hop
MATCH (u:Member {realm: $realm, member_id: ids[hop]})
USING INDEX u:Member(realm, member_id)
MATCH (v:Member {realm: $realm, member_id: ids[hop + 1]})
USING INDEX v:Member(realm, member_id)
OPTIONAL MATCH (u)-[k:KNOWS]->(v)
WITH place, hop, CASE
    WHEN k.last_at <= $ask.as_of THEN k.strength * 0.5 ^ (($ask.as_of - k.last_at) / half_life_s)
    WHEN k.last_at IS NULL THEN k.strength
  END AS strength
ORDER BY place, hop
RETURN collect([place, hop, strength]) AS strengths
LIMIT 1
