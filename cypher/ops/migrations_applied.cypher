// Which migrations this store has, in order. Migrations belong to the store, not to a realm.
// @kind ops   @owner platform   @timeout 10s   @max_rows 10000   @maturity stable
MATCH (m:Migration)
RETURN m.version AS version, m.name AS name, m.checksum AS checksum, m.chain AS chain, m.applied_at AS applied_at
ORDER BY version
LIMIT 10000
