MATCH (n)
WHERE n.realm = $realm
RETURN labels(n) AS labels, properties(n) AS properties
