// The offering before `as_of`: who has it, how fast it spreads, and what else they experienced. Counts saturate at 1,024.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives offering_adopters, offering_recent_adopters, offering_yearly_adopters, offering_trend, offering_age_days
CALL (offering, as_of) {
  CALL (offering, as_of) {
    MATCH (offering)<-[e:EXPERIENCED]-(u)
    WHERE e.first_at < as_of
    WITH u, e.first_at AS at, as_of, CASE WHEN e.sentiment <= -0.5 THEN e END AS against
    LIMIT 1024
    RETURN collect(u) AS adopters, collect(CASE WHEN at >= as_of - 31536000 THEN u END) AS yearly_adopters,
      collect(CASE WHEN at >= as_of - 7776000 THEN u END) AS recent_adopters,
      collect(CASE WHEN at >= as_of - 2678400 THEN u END) AS month_adopters,
      collect(CASE WHEN coalesce(against.sentiment_at, against.last_at, against.first_at) < as_of THEN u END) AS detractors,
      min(at) AS first_adopted_at
  }
  WITH as_of, adopters, yearly_adopters, recent_adopters, month_adopters, detractors, first_adopted_at,
    size(recent_adopters) AS offering_recent_adopters, size(yearly_adopters) AS offering_yearly_adopters
  CALL (recent_adopters, yearly_adopters, adopters, as_of) {
    // what at least two of 32 adopters, recent ones first, have in common with it: its neighbourhood of taste
    UNWIND (recent_adopters[..32] + yearly_adopters[..32] + adopters[..32])[..32] AS u
    WITH DISTINCT u, as_of
    CALL (u, as_of) {
      MATCH (u)-[e:EXPERIENCED]->(o)
      WHERE e.first_at < as_of
      WITH e, o, as_of
      LIMIT 128
      RETURN o
    }
    WITH o, count(*) AS shared
    WHERE shared >= 2
    ORDER BY shared DESC, o.offering_id
    LIMIT 65
    RETURN collect(o) AS similar
  }
  RETURN adopters, yearly_adopters, recent_adopters, month_adopters, detractors, similar,
    size(adopters) AS offering_adopters, offering_recent_adopters, offering_yearly_adopters,
    (offering_recent_adopters + 1.0) / (offering_yearly_adopters + 4.0) AS offering_trend,
    (as_of - first_adopted_at) / 86400.0 AS offering_age_days
}
