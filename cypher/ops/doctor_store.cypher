// How much the whole store holds, all realms together: answered from Neo4j's own counts, whatever the size.
// @kind ops   @owner platform   @timeout 5s   @max_rows 1   @maturity stable
CALL () {
  MATCH (:Member)
  RETURN count(*) AS members
}
CALL () {
  MATCH ()-[:KNOWS]->()
  RETURN count(*) AS ties
}
RETURN members, ties
