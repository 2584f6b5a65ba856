// Note on members how high their lists of the walk begin, from columns: for lists that an import made with their ties.
// @kind write   @owner platform   @timeout 2min   @max_rows 1   @maturity stable
//   :params {realm: "demo", member_ids: ["m1"], to_best: [0.03], from_best: []}
UNWIND range(0, size($member_ids) - 1) AS i
MATCH (m:Member {realm: $realm, member_id: $member_ids[i]})
SET m.close_to_best = $to_best[i], m.close_from_best = $from_best[i]
RETURN count(m) AS written
