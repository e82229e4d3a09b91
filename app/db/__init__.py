"""Sessions, transactions, column types and errors of the database, on SQLite and PostgreSQL."""
