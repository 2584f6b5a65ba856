"""What is known of one member, everywhere: how it goes, how it is handed out, and what goes by itself in time."""
