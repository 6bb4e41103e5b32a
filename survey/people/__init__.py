"""Staff of the organisations: accounts, signing in, what a role may do, and the log of what was done."""
