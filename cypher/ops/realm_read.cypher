// The settings of a realm.
// @kind ops   @owner platform   @timeout 2s   @max_rows 1   @maturity stable
//   :params {realm: "demo"}
MATCH (r:Realm {realm: $realm})
RETURN
  r.realm AS realm,
  r.label_window_days AS label_window_days,
  r.half_life_days AS half_life_days,
  r.pass_on_prior AS pass_on_prior,
  r.close_ties AS close_ties,
  r.as_of_last_event AS as_of_last_event,
  r.alliance_consent_default AS alliance_consent_default,
  r.last_event_at AS last_event_at,
  r.last_since AS last_since,
  r.top_ties AS top_ties,
  r.keep_events_days AS keep_events_days,
  r.keep_outreaches_days AS keep_outreaches_days,
  r.keep_answers_days AS keep_answers_days,
  r.importing AS importing
LIMIT 1
