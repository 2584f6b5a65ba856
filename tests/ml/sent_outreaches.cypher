// Outreaches that were sent for what was recommended, with what came of them.
//   :params {realm: "test-0", sent: [{token: "t", at: 1, outcome: null, outcome_at: null}]}
UNWIND $sent AS one
CREATE (:Outreach {
  realm: $realm, outreach_id: one.token, attribution_token: one.token, at: one.at,
  outcome: one.outcome, outcome_at: one.outcome_at
})
