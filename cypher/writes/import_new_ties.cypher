// Make ties that are not there yet, from columns: the rows of one member's ties follow each other.
// In a realm that has none, also their places in the lists of the walk, where `close_to` and `close_from` say so.
// `groups` are [from_id, its first row, its last row]; an empty column is one that no tie has a value in.
// @kind write   @owner platform   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", groups: [["m1", 0, 0]], to_ids: ["m2"], since: [], contacts: [0], recent: [], recent_channels: [], last_at: [], imported_strength: [], imported_at: [], base_strength: [1.0], strength: [1.0], sentiment: [], sentiment_at: [], channels: [], pass_on: [0.03], close_to: [true], close_from: []}
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
FOREACH (_ IN CASE WHEN $close_to[i] THEN [1] ELSE [] END | CREATE (u)-[:CLOSE_TO {pass_on: $pass_on[i]}]->(v))
FOREACH (_ IN CASE WHEN $close_from[i] THEN [1] ELSE [] END | CREATE (v)-[:CLOSE_FROM {pass_on: $pass_on[i]}]->(u))
RETURN count(*) AS written
