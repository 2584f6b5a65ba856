// Store the settings of a realm, making the realm where there is none.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
//   :params {realm: "demo", settings: {label_window_days: 180, half_life_days: 90.0}}
MERGE (r:Realm {realm: $realm})
SET r.label_window_days = $settings.label_window_days,
    r.half_life_days = $settings.half_life_days,
    r.pass_on_prior = $settings.pass_on_prior,
    r.close_ties = $settings.close_ties,
    r.as_of_last_event = $settings.as_of_last_event,
    r.alliance_consent_default = $settings.alliance_consent_default,
    r.last_event_at = $settings.last_event_at,
    r.last_since = $settings.last_since,
    r.top_ties = $settings.top_ties,
    r.keep_events_days = $settings.keep_events_days,
    r.keep_outreaches_days = $settings.keep_outreaches_days,
    r.keep_answers_days = $settings.keep_answers_days
RETURN r.realm AS realm
