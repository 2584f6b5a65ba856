"""The benchmark: graphs made up by a seed, asked over gRPC as a client would. May use every part; nothing uses it."""
