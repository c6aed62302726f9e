"""The server's own state: tables, migrations, encryption."""
