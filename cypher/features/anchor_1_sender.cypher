// The sender before `as_of`: how much they experienced and how lately, whom they can contact. Counts saturate at 1,024.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives sender_experiences, sender_recent_experiences, days_since_experience, sender_contacts
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
  RETURN sender_offerings, sender_contact_list, size(sender_offerings) AS sender_experiences, sender_recent_experiences,
    size(sender_contact_list) AS sender_contacts,
    head([(sender)-[own:EXPERIENCED]->(offering) WHERE own.first_at <= as_of | (as_of - own.first_at) / 86400.0]) AS days_since_experience
}
