"""Drafts and the submission: what lies between a tenant's page and the stored, nameless answer."""
