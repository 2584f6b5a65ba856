// What a call costs that asks for nothing.
RETURN 1 AS one
