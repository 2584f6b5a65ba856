// How well the moment fits the target's habits before `as_of`: the place, the channel, the time of day.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives place_share, channel_share, hour_share
// Missing where the moment does not say, or nothing is known of the target. Of 256 experiences, as the store gives them.
CALL (target, as_of, place, channel, moment) {
  UNWIND CASE WHEN place IS NULL AND channel IS NULL AND moment IS NULL THEN [] ELSE [target] END AS whose
  MATCH (whose)-[e:EXPERIENCED]->()
  WHERE e.first_at < as_of
  WITH e, as_of, place, channel, moment
  LIMIT 256
  RETURN
    avg(CASE WHEN place IS NOT NULL AND e.place IS NOT NULL THEN CASE WHEN e.place = place THEN 1.0 ELSE 0.0 END END) AS place_share,
    avg(CASE WHEN channel IS NOT NULL AND e.channel IS NOT NULL THEN CASE WHEN e.channel = channel THEN 1.0 ELSE 0.0 END END) AS channel_share,
    avg(CASE WHEN moment IS NOT NULL THEN CASE WHEN (moment - e.first_at + 7200) % 86400 <= 14400 THEN 1.0 ELSE 0.0 END END) AS hour_share
}
