"""What the commands do, loaded when one is run: `--help` waits for none of it."""
