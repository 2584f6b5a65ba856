// Which server this is: its version and edition.
// @kind ops   @owner platform   @timeout 5s   @max_rows 10   @maturity stable
CALL dbms.components() YIELD name, versions, edition
RETURN name, versions[0] AS version, edition
ORDER BY name
LIMIT 10
