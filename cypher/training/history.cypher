// Who experienced what and when, one row a member: what anchors and labels are made from.
// @kind training   @owner growth   @timeout 5min   @max_rows 2000   @maturity stable
//   :params {realm: "demo", cursor: "", limit: 500}
MATCH (m:Member {realm: $realm})
WHERE m.member_id > $cursor
WITH m
ORDER BY m.member_id
LIMIT $limit
CALL (m) {
  OPTIONAL MATCH (m)-[e:EXPERIENCED]->(o:Offering)
  WITH e.first_at AS at, coalesce(e.sentiment, 0.0) AS sentiment, o.offering_id AS offering_id,
    coalesce(e.sentiment_at, e.last_at, 0) AS last_at
  WHERE at IS NOT NULL
  ORDER BY at, offering_id
  RETURN collect(offering_id) AS offering_ids, collect(at) AS ats, collect(sentiment) AS sentiments, sum(last_at) AS facts
}
RETURN m.member_id AS member_id, offering_ids, ats, sentiments, facts
ORDER BY member_id
LIMIT 2000
