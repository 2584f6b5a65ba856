// The target before `as_of`: how much they experienced, how lately, and how near it is to the sender's and the offering's taste.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives target_experiences, target_month_experiences, target_recent_experiences, target_yearly_experiences, target_days_since_last, target_days_since_first, common_experiences, taste_cosine, similar_experiences, similar_share
CALL (target, as_of, sender_offerings, similar) {
  CALL (target, as_of, sender_offerings, similar) {
    MATCH (target)-[e:EXPERIENCED]->(o)
    WHERE e.first_at < as_of
    WITH e.first_at AS at, o
    LIMIT 1024
    RETURN count(*) AS target_experiences, max(at) AS last_at, min(at) AS first_at,
      count(CASE WHEN at >= as_of - 2678400 THEN 1 END) AS target_month_experiences,
      count(CASE WHEN at >= as_of - 7948800 THEN 1 END) AS target_recent_experiences,
      count(CASE WHEN at >= as_of - 31536000 THEN 1 END) AS target_yearly_experiences,
      count(CASE WHEN o IN sender_offerings THEN 1 END) AS common_experiences,
      count(CASE WHEN o IN similar THEN 1 END) AS similar_experiences
  }
  RETURN target_experiences, target_month_experiences, target_recent_experiences, target_yearly_experiences,
    (as_of - last_at) / 86400.0 AS target_days_since_last, (as_of - first_at) / 86400.0 AS target_days_since_first,
    common_experiences, common_experiences / sqrt((target_experiences + 1.0) * (size(sender_offerings) + 1.0)) AS taste_cosine,
    similar_experiences, similar_experiences / sqrt(target_experiences + 1.0) AS similar_share
}
