"""The engine of the local org: rows in SQLite, SOQL over them, and the checks that a real org makes on a write."""
