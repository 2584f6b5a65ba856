"""How events get into the graph: one transaction, read, merged and written. Knows nothing of where they come from."""
