// The sender before `as_of`: what they experienced, whom they can contact, what came of their outreaches. Counts saturate
// at 1,024, outreaches at 256.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives sender_experiences, sender_recent_experiences, days_since_experience, sender_liking, sender_contacts, sender_outreaches, sender_adopted_outreaches
CALL (sender, offering, as_of, past) {
  CALL (sender, as_of) {
    MATCH (sender)-[e:EXPERIENCED]->(o)
    WHERE e.first_at < as_of
    WITH e, o, as_of
    LIMIT 1024
    RETURN collect(o) AS sender_offerings, count(CASE WHEN e.first_at >= as_of - 7776000 THEN 1 END) AS sender_recent_experiences
  }
  CALL (sender, as_of, past) {
    MATCH (sender)-[k:KNOWS]->(c)
    WHERE NOT past OR k.since IS NULL OR k.since < as_of
    WITH k, c, as_of, past
    LIMIT 1024
    RETURN collect(c) AS sender_contact_list
  }
  CALL (sender, as_of) {
    MATCH (sender)<-[h:HOP]-(o:Outreach)
    WHERE h.position = 0 AND o.at < as_of
    WITH o, as_of
    LIMIT 256
    RETURN count(*) AS sender_outreaches,
      count(CASE WHEN o.outcome = 'adopted' AND o.outcome_at < as_of THEN 1 END) AS sender_adopted_outreaches
  }
  CALL (sender, as_of) {
    OPTIONAL MATCH (sender)-[b:BELONGS_TO]->(circle)
    WHERE coalesce(b.since < as_of, true) AND coalesce(b.until >= as_of, true)
    WITH circle
    LIMIT 64
    RETURN collect(circle) AS sender_circles
  }
  RETURN sender_offerings, sender_contact_list, sender_circles, sender_outreaches, sender_adopted_outreaches, size(sender_offerings) AS sender_experiences, sender_recent_experiences,
    size(sender_contact_list) AS sender_contacts,
    head([(sender)-[own:EXPERIENCED]->(offering) WHERE own.first_at <= as_of | (as_of - own.first_at) / 86400.0]) AS days_since_experience,
    head([
      (sender)-[own:EXPERIENCED]->(offering)
      WHERE own.first_at <= as_of AND coalesce(own.sentiment_at, own.last_at, own.first_at) <= as_of
      | own.sentiment
    ]) AS sender_liking
}
