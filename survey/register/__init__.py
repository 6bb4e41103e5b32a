"""The register: organisations, their areas and estates. Never a tenant."""
