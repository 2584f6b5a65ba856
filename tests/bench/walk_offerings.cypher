// Offerings and settings of a made-up graph.
//   :params {realm: "bench", offering_ids: ["o1"]}
CREATE (:Realm {realm: $realm, half_life_days: 90.0, close_ties: 32, last_event_at: 1600000000})
WITH 1 AS one
UNWIND $offering_ids AS offering_id
CREATE (:Offering {realm: $realm, offering_id: offering_id})
