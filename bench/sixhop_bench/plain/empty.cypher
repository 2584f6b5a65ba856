// Nothing: what a round trip costs by itself.
//   :params {realm: "bench", ask: {}}
RETURN 1 AS one
