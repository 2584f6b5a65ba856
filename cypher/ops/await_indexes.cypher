// Wait until every index is online.
// @kind ops   @owner platform   @timeout 10min   @max_rows 1   @maturity stable
CALL db.awaitIndexes(600)
