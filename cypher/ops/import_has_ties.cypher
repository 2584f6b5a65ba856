// Whether the realm has any tie, and any experience.
// @kind ops   @owner platform   @timeout 1min   @max_rows 1   @maturity stable
//   :params {realm: "demo"}
RETURN
  EXISTS { MATCH (m:Member {realm: $realm})-[:KNOWS]->(:Member) } AS ties,
  EXISTS { MATCH (m:Member {realm: $realm})-[:EXPERIENCED]->(:Offering) } AS experiences
LIMIT 1
