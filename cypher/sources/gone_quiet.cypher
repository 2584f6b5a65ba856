// Contacts gone quiet whose tie was strong: often in touch once, not for long.
// @kind source   @owner growth   @timeout 60s   @max_rows 200   @maturity stable
//   :params {realm: "demo", ask: {sender_id: "m1", offering_id: "o7", as_of: 1760000000, limit: 40, least_contacts: 4,
//     quiet_half_lives: 2.0}}
//
// A tie is quiet once nothing was heard over it for `quiet_half_lives` half-lives of the realm. Relevance is how many
// contacts it saw. At most 512 ties are looked at, whichever the store gives first.
MATCH (sender:Member {realm: $realm, member_id: $ask.sender_id})
USING INDEX sender:Member(realm, member_id)
OPTIONAL MATCH (realm:Realm {realm: $realm})
USING INDEX realm:Realm(realm)
WITH sender, $ask.as_of - coalesce($ask.quiet_half_lives, 2.0) * coalesce(realm.half_life_days, 90.0) * 86400 AS quiet_since
MATCH (sender)-[k:KNOWS]->(v:Member)
WITH quiet_since, k, v
LIMIT 512
WHERE k.contacts >= coalesce($ask.least_contacts, 4) AND k.last_at < quiet_since
WITH v.member_id AS target_id, 1.0 * k.contacts AS relevance
ORDER BY relevance DESC, target_id
LIMIT $ask.limit
RETURN target_id, relevance
ORDER BY relevance DESC, target_id
