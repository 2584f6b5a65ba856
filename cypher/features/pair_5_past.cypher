// What is known of the target before `as_of` beside experiences: circles shared with the sender, outreaches that reached them.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives shared_communities, target_outreaches, target_adopted_outreaches
CALL (target, as_of, sender_circles) {
  CALL (target, as_of, sender_circles) {
    UNWIND CASE WHEN sender_circles = [] THEN [] ELSE [target] END AS whose
    MATCH (whose)-[b:BELONGS_TO]->(circle)
    WHERE coalesce(b.since < as_of, true) AND coalesce(b.until >= as_of, true)
    WITH circle, sender_circles
    LIMIT 64
    RETURN count(CASE WHEN circle IN sender_circles THEN 1 END) AS shared_communities
  }
  CALL (target, as_of) {
    MATCH (target)<-[h:HOP]-(o:Outreach)
    WHERE h.is_target AND o.at < as_of
    WITH o, as_of
    LIMIT 64
    RETURN count(*) AS target_outreaches,
      count(CASE WHEN o.outcome = 'adopted' AND o.outcome_at < as_of THEN 1 END) AS target_adopted_outreaches
  }
  RETURN shared_communities, target_outreaches, target_adopted_outreaches
}
