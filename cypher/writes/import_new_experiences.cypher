// Make experiences that are not there yet, from columns: the rows of one member follow each other.
// `groups` are [member_id, its first row, its last row]; an empty column is one that no row has a value in.
// @kind write   @owner platform   @timeout 5min   @max_rows 1   @maturity stable
//   :params {realm: "demo", groups: [["m1", 0, 0]], offering_ids: ["o1"], kind: ["use"], first_at: [1], last_at: [1], times: [1], sentiment: [], sentiment_at: [], value: [], place: [], channel: []}
UNWIND $groups AS g
MATCH (m:Member {realm: $realm, member_id: g[0]})
UNWIND range(g[1], g[2]) AS i
MATCH (o:Offering {realm: $realm, offering_id: $offering_ids[i]})
CREATE (m)-[:EXPERIENCED {
  kind: $kind[i],
  first_at: $first_at[i],
  last_at: $last_at[i],
  times: $times[i],
  sentiment: $sentiment[i],
  sentiment_at: $sentiment_at[i],
  value: $value[i],
  place: $place[i],
  channel: $channel[i]
}]->(o)
RETURN count(*) AS written
