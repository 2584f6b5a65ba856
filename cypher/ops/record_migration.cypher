// Record that a migration was applied, with its place in the checksum chain.
// @kind write   @owner platform   @timeout 10s   @max_rows 1   @maturity stable
MERGE (m:Migration {version: $version})
ON CREATE SET m.name = $name, m.checksum = $checksum, m.chain = $chain, m.applied_at = datetime().epochSeconds
RETURN m.version AS version
