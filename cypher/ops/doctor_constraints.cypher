// Which uniqueness constraints the store has: what keeps two members from having one id.
// @kind ops   @owner platform   @timeout 5s   @max_rows 1000   @maturity stable
SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties
WHERE type IN ['UNIQUENESS', 'NODE_KEY']
RETURN name, entityType, labelsOrTypes, properties
ORDER BY name
LIMIT 1000
