// Those who can contact the target: how many, how many the sender can contact too, how many already have the offering,
// since when, and how many of them speak against it.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives target_contacts, common_contacts, adamic_adar, exposed_contacts, exposed_yearly_contacts, exposed_recent_contacts, exposed_month_contacts, exposed_detractors, exposed_share
CALL (target, as_of, sender_contact_list, adopters, yearly_adopters, recent_adopters, month_adopters, detractors, past) {
  CALL (target, as_of, sender_contact_list, adopters, yearly_adopters, recent_adopters, month_adopters, detractors, past) {
    MATCH (target)<-[k:KNOWS]-(c)
    WHERE NOT past OR k.since IS NULL OR k.since < as_of
    WITH k, c
    LIMIT 1024
    RETURN count(*) AS target_contacts,
      collect(CASE WHEN c IN sender_contact_list THEN c END) AS common,
      count(CASE WHEN c IN adopters THEN 1 END) AS exposed_contacts,
      count(CASE WHEN c IN yearly_adopters THEN 1 END) AS exposed_yearly_contacts,
      count(CASE WHEN c IN recent_adopters THEN 1 END) AS exposed_recent_contacts,
      count(CASE WHEN c IN month_adopters THEN 1 END) AS exposed_month_contacts,
      count(CASE WHEN c IN detractors THEN 1 END) AS exposed_detractors
  }
  CALL (common, as_of, past) {
    UNWIND common[..32] AS c
    CALL (c, as_of, past) {
      MATCH (c)-[k:KNOWS]->()
      WHERE NOT past OR k.since IS NULL OR k.since < as_of
      WITH k
      LIMIT 256
      RETURN count(*) AS contacts
    }
    RETURN sum(1.0 / log(contacts + 1.0)) AS adamic_adar
  }
  RETURN target_contacts, size(common) AS common_contacts, adamic_adar, exposed_contacts, exposed_yearly_contacts,
    exposed_recent_contacts, exposed_month_contacts, exposed_detractors,
    exposed_contacts / (target_contacts + 1.0) AS exposed_share
}
