// Move a realm's last event forward, never back.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", at: 1760000000}
MERGE (r:Realm {realm: $realm})
SET r.last_event_at = CASE WHEN r.last_event_at >= $at THEN r.last_event_at ELSE $at END
RETURN r.last_event_at AS last_event_at
