"""The one database: the pools with their roles, the migrations, and a PostgreSQL of our own where none is given."""
