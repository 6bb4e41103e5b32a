"""Research data: a sealed wave as files to hand out, and the account of what was done to protect it."""
