"""What `sixhop doctor` looks at. Each check only reads, is bounded, and says what to do when something is wrong."""
