"""Alembic runs this file. It uses the connection that it was handed: who migrates decides about the transaction."""

from alembic import context
from sqlalchemy import Connection

from app.store.tables import Base

connection: Connection = context.config.attributes["connection"]
# SQLite cannot alter a column: batch mode copies the table instead.
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
