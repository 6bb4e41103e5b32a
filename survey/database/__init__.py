"""The one database: pools with roles, the migrations, and a PostgreSQL of our own if none is given."""
