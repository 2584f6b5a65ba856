// Those who can contact the target: how many, how many the sender can contact too, how many already have the offering.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives target_contacts, common_contacts, exposed_contacts, exposed_yearly_contacts, exposed_share
CALL (target, as_of, sender_contact_list, adopters, yearly_adopters, past) {
  CALL (target, as_of, sender_contact_list, adopters, yearly_adopters, past) {
    MATCH (target)<-[k:KNOWS]-(c)
    WHERE NOT past OR k.since IS NULL OR k.since < as_of
    WITH k, c
    LIMIT 1024
    RETURN count(*) AS target_contacts,
      count(CASE WHEN c IN sender_contact_list THEN 1 END) AS common_contacts,
      count(CASE WHEN c IN adopters THEN 1 END) AS exposed_contacts,
      count(CASE WHEN c IN yearly_adopters THEN 1 END) AS exposed_yearly_contacts
  }
  RETURN target_contacts, common_contacts, exposed_contacts, exposed_yearly_contacts,
    exposed_contacts / (target_contacts + 1.0) AS exposed_share
}
