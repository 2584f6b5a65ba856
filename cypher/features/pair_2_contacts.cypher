// Those who can contact the target: how many, how many the sender can contact too, how many already have the offering,
// since when, and how many of them speak against it.
// @kind feature   @owner growth   @timeout 60s   @max_rows 1   @maturity stable
// @gives target_contacts, common_contacts, adamic_adar, exposed_contacts, exposed_yearly_contacts, exposed_recent_contacts, exposed_month_contacts, exposed_detractors, exposed_share
CALL (target, as_of, sender_contact_list, adopters, yearly_adopters, recent_adopters, month_adopters, detractors, past) {
  CALL (target, as_of, past) {
    MATCH (target)<-[k:KNOWS]-(c)
    WHERE NOT past OR k.since IS NULL OR k.since < as_of
    WITH k, c
    LIMIT 1024
    RETURN collect(c) AS contacts
  }
  // looked through as a list: to count rows in seven ways costs more (docs/decisions/0034-where-the-time-goes.md)
  WITH as_of, past, size(contacts) AS target_contacts, [c IN contacts WHERE c IN sender_contact_list] AS common,
    [c IN contacts WHERE c IN adopters] AS exposed, yearly_adopters, recent_adopters, month_adopters, detractors
  WITH as_of, past, target_contacts, common, size(exposed) AS exposed_contacts,
    size([c IN exposed WHERE c IN yearly_adopters]) AS exposed_yearly_contacts,
    size([c IN exposed WHERE c IN recent_adopters]) AS exposed_recent_contacts,
    size([c IN exposed WHERE c IN month_adopters]) AS exposed_month_contacts,
    size([c IN exposed WHERE c IN detractors]) AS exposed_detractors
  CALL (common, as_of, past) {
    UNWIND common[..32] AS c
    CALL (c, as_of, past) {
      UNWIND CASE WHEN past THEN [c] ELSE [] END AS whose
      MATCH (whose)-[k:KNOWS]->()
      WHERE k.since IS NULL OR k.since < as_of
      WITH k
      LIMIT 256
      RETURN count(*) AS dated
    }
    WITH CASE WHEN past THEN dated ELSE COUNT { (c)-[:KNOWS]->() } END AS contacts // the latter is kept by the store
    RETURN sum(1.0 / log(CASE WHEN contacts > 256 THEN 256 ELSE contacts END + 1.0)) AS adamic_adar
  }
  RETURN target_contacts, size(common) AS common_contacts, adamic_adar, exposed_contacts, exposed_yearly_contacts,
    exposed_recent_contacts, exposed_month_contacts, exposed_detractors,
    exposed_contacts / (target_contacts + 1.0) AS exposed_share
}
