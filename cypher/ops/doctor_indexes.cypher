// Which indexes the store has, and whether they can be used.
// @kind ops   @owner platform   @timeout 5s   @max_rows 1000   @maturity stable
SHOW INDEXES YIELD name, state, type, entityType, labelsOrTypes, properties
WHERE type <> 'LOOKUP'
RETURN name, state, entityType, labelsOrTypes, properties
ORDER BY name
LIMIT 1000
