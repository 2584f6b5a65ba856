// One record a version, so that two migrations started at once cannot both be recorded.
// @kind write   @owner platform   @timeout 30s   @max_rows 1   @maturity stable
CREATE CONSTRAINT migration_key IF NOT EXISTS FOR (n:Migration) REQUIRE n.version IS UNIQUE
