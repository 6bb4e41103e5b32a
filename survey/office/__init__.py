"""The housing office's console, under /kontor: server-rendered pages that need no script."""
