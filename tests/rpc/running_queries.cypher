SHOW TRANSACTIONS YIELD metaData, status
WHERE metaData.query = $name AND status STARTS WITH 'Running'
RETURN count(*) AS running
