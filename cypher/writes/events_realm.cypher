// Move forward, never back, when a realm's last event was and since when its youngest tie is known. The last statement of
// a transaction: whoever holds the realm waits for nobody.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", ask: {last_event_at: 1760000000, last_since: null}}
MERGE (realm:Realm {realm: $realm})
SET realm.last_event_at = CASE WHEN realm.last_event_at >= $ask.last_event_at THEN realm.last_event_at ELSE $ask.last_event_at END,
  realm.last_since = CASE WHEN realm.last_since >= $ask.last_since THEN realm.last_since ELSE coalesce($ask.last_since, realm.last_since) END
RETURN realm.last_event_at AS last_event_at
LIMIT 1
