// Voices in the order in which they came, after a number.
// @kind question   @owner platform   @timeout 2s   @max_rows 501   @maturity stable
//   :params {realm: "demo", ask: {after: 0, limit: 100}}
MATCH (member:Member)-[voice:VOICED]->(offering:Offering)
WHERE voice.realm = $realm AND voice.voice_no > $ask.after
WITH member, voice, offering
ORDER BY voice.voice_no
LIMIT $ask.limit
OPTIONAL MATCH (answerer:Member {realm: $realm, member_id: voice.answered_by})
RETURN
  voice.voice_no AS number,
  voice.voice_id AS voice_id,
  member.member_id AS member_id,
  offering.offering_id AS offering_id,
  voice.kind AS kind,
  voice.at AS at,
  voice.answered_at AS answered_at,
  CASE WHEN answerer IS NOT NULL AND coalesce(answerer.can_be_named, true) THEN voice.answered_by END AS answered_by
ORDER BY number
LIMIT 501
