"""Who calls, and what they may do. Knows nothing of gRPC, of what is asked, or of the graph."""
