// The frame that feature blocks are put into: for each offering as of a time (and moment) each sender, for each of these each target.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {offerings: [{offering_id: "o1", as_of: 1760000000, place: null, channel: null, at: null,
//     senders: [{sender_id: "m1", pairs: [{no: 0, target_id: "m2", degree: 1, chain_score: 0.03, chain_weakest: 0.03}]}]}]}}
// A block is read as of `as_of`: only what is dated strictly before it counts, and what has no date counts as always there.
// `past` is false where as_of lies after the youngest tie of the realm: then ties are not asked for their date.
// The far ends of relationships have no label here: to check one costs as much as the relationship itself.
OPTIONAL MATCH (realm:Realm {realm: $realm})
USING INDEX realm:Realm(realm)
UNWIND $ask.offerings AS asked
WITH asked, asked.as_of AS as_of, asked.place AS place, asked.channel AS channel, asked.at AS moment,
  coalesce(realm.half_life_days, 90.0) * 86400 AS half_life_s,
  coalesce(asked.as_of <= coalesce(realm.last_since, realm.last_event_at), true) AS past
OPTIONAL MATCH (offering:Offering {realm: $realm, offering_id: asked.offering_id})
USING INDEX offering:Offering(realm, offering_id)
// {offering blocks}
UNWIND asked.senders AS sending
MATCH (sender:Member {realm: $realm, member_id: sending.sender_id})
USING INDEX sender:Member(realm, member_id)
// {sender blocks}
UNWIND sending.pairs AS pair
MATCH (target:Member {realm: $realm, member_id: pair.target_id})
USING INDEX target:Member(realm, member_id)
// {pair blocks}
// {return}
ORDER BY pair_no
RETURN collect([pair_no, values]) AS found
LIMIT 1
