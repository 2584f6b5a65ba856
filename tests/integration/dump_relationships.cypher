MATCH (n)-[r]->(m)
WHERE n.realm = $realm
RETURN labels(n) AS of, properties(n) AS start, type(r) AS type, properties(r) AS properties, properties(m) AS end
