// The offering before `as_of`: who has it, how fast it spreads, and what else they experienced. Counts saturate at 2,048.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives offering_adopters, offering_recent_adopters, offering_yearly_adopters, offering_trend, offering_age_days
CALL (offering, as_of) {
  CALL (offering, as_of) {
    MATCH (offering)<-[e:EXPERIENCED]-(u:Member)
    WITH e, u, as_of
    LIMIT 2048
    WHERE e.first_at < as_of
    WITH e.first_at AS at, u
    ORDER BY at DESC, u.member_id
    RETURN collect(u) AS adopters, collect(at) AS adopted_at
  }
  WITH as_of, adopters, adopted_at,
    size([at IN adopted_at WHERE at >= as_of - 7776000]) AS offering_recent_adopters,
    size([at IN adopted_at WHERE at >= as_of - 31536000]) AS offering_yearly_adopters
  CALL (adopters, as_of) {
    // what at least two of the latest 64 adopters have in common with it: its neighbourhood of taste
    UNWIND adopters[..64] AS u
    CALL (u, as_of) {
      MATCH (u)-[e:EXPERIENCED]->(o:Offering)
      WITH e, o, as_of
      LIMIT 256
      WHERE e.first_at < as_of
      RETURN o
    }
    WITH o, count(*) AS shared
    WHERE shared >= 2
    ORDER BY shared DESC, o.offering_id
    LIMIT 65
    RETURN collect(o) AS similar
  }
  RETURN adopters, adopters[..offering_yearly_adopters] AS yearly_adopters, similar,
    size(adopters) AS offering_adopters, offering_recent_adopters, offering_yearly_adopters,
    (offering_recent_adopters + 1.0) / (offering_yearly_adopters + 4.0) AS offering_trend,
    (as_of - adopted_at[-1]) / 86400.0 AS offering_age_days
}
