// Make ties that are not there yet, from columns: the rows of one member's ties follow each other.
// `groups` are [from_id, its first row, its last row]; an empty column is one that no tie has a value in.
// @kind write   @owner platform   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", groups: [["m1", 0, 0]], to_ids: ["m2"], since: [], contacts: [0], recent: [], recent_channels: [], last_at: [], imported_strength: [], imported_at: [], base_strength: [1.0], strength: [1.0], sentiment: [], sentiment_at: [], channels: [], pass_on: [0.03]}
UNWIND $groups AS g
MATCH (u:Member {realm: $realm, member_id: g[0]})
UNWIND range(g[1], g[2]) AS i
MATCH (v:Member {realm: $realm, member_id: $to_ids[i]})
CREATE (u)-[:KNOWS {
  since: $since[i],
  contacts: $contacts[i],
  recent: $recent[i],
  recent_channels: $recent_channels[i],
  last_at: $last_at[i],
  imported_strength: $imported_strength[i],
  imported_at: $imported_at[i],
  base_strength: $base_strength[i],
  strength: $strength[i],
  sentiment: $sentiment[i],
  sentiment_at: $sentiment_at[i],
  channels: $channels[i],
  pass_on: $pass_on[i]
}]->(v)
RETURN count(*) AS written
