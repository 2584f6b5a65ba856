// Whether the store holds anything but the record of its migrations, in any realm.
// @kind ops   @owner platform   @timeout 1min   @max_rows 1   @maturity stable
RETURN NOT EXISTS { MATCH (n) WHERE NOT n:Migration } AS empty
LIMIT 1
