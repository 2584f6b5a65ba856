// The sender's own tie to the target, as it was at `as_of`; missing where there is none.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives tie_strength, tie_days_since_contact, tie_contacts, tie_reciprocated, tie_sentiment
// Strength is the decayed count of the contacts in `recent` before `as_of`; missing where that history is cut off.
CALL (sender, target, as_of, past, half_life_s) {
  OPTIONAL MATCH (sender)-[k:KNOWS]->(target)
  WHERE NOT past OR k.since IS NULL OR k.since < as_of
  WITH k, as_of, half_life_s, [at IN coalesce(k.recent, []) WHERE at < as_of] AS before
  LIMIT 1
  RETURN CASE
      WHEN k IS NULL OR (k.contacts > size(k.recent) AND k.recent[0] >= as_of) THEN null
      ELSE reduce(s = 0.0, at IN before | s + 0.5 ^ ((as_of - at) / half_life_s))
        + coalesce(k.base_strength, 0.0) * CASE WHEN k.last_at IS NULL THEN 1.0 ELSE 0.5 ^ ((as_of - k.last_at) / half_life_s) END
    END AS tie_strength,
    (as_of - before[-1]) / 86400.0 AS tie_days_since_contact,
    CASE WHEN k IS NOT NULL THEN size(before) END AS tie_contacts,
    CASE
      WHEN k IS NULL THEN null
      WHEN EXISTS { (target)-[back:KNOWS]->(sender) WHERE NOT past OR back.since IS NULL OR back.since < as_of } THEN 1
      ELSE 0
    END AS tie_reciprocated,
    CASE WHEN coalesce(k.sentiment_at < as_of, true) THEN k.sentiment END AS tie_sentiment
}
