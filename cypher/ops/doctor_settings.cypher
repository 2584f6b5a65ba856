// The server's settings that matter here: how soon time limits fire, and whether queries may read its files.
// @kind ops   @owner platform   @timeout 5s   @max_rows 10   @maturity stable
SHOW SETTINGS 'db.transaction.monitor.check.interval', 'dbms.security.allow_csv_import_from_file_urls'
YIELD name, value
RETURN name, value
ORDER BY name
LIMIT 10
