"""The tenant's pages: plain HTML that works without scripts, without a login and, if need be, cookies."""
