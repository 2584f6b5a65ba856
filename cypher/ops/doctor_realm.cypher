// How much a realm holds, counted over at most $most members and offerings each, so that it stays quick at any size.
// @kind ops   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", most: 20000}
CALL () {
  MATCH (m:Member {realm: $realm})
  WHERE m.member_id IS NOT NULL
  WITH m
  LIMIT $most
  RETURN
    count(m) AS members,
    sum(COUNT { (m)-[:KNOWS]->() }) AS ties,
    sum(COUNT { (m)-[:CLOSE_TO]->() }) AS close_to,
    sum(COUNT { (m)-[:CLOSE_FROM]->() }) AS close_from,
    sum(COUNT { (m)-[:EXPERIENCED]->() }) AS experiences
}
CALL () {
  MATCH (o:Offering {realm: $realm})
  WHERE o.offering_id IS NOT NULL
  WITH o
  LIMIT $most
  RETURN count(o) AS offerings
}
RETURN members, ties, close_to, close_from, experiences, offerings
