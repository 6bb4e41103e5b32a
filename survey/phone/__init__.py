"""The tenant's pages: plain HTML that works without scripts, without cookies and without a login."""
