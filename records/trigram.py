"""A trigram index on a folded ``search`` column: PostgreSQL only, and only where the server allows its extension."""

from dataclasses import dataclass

from django.core.checks import Warning
from django.db import DatabaseError, connections, transaction

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"


@dataclass(frozen=True)
class TrigramIndex:
    """``said``: the warning where the index is missing, under the id ``check``."""

    name: str
    table: str
    said: str
    check: str

    @property
    def statement(self):
        return f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.table} USING gin (search gin_trgm_ops)"

    def make(self, connection) -> bool:
        """Create extension and index; False (and nothing changed) where the server does not allow it."""
        if connection.vendor != "postgresql":
            return False
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(EXTENSION)
                cursor.execute(self.statement)
        except DatabaseError:
            return False
        return True

    def drop(self, connection):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP INDEX IF EXISTS {self.name}")

    def warnings(self, databases) -> list:
        """One for every PostgreSQL database whose table stands without the index."""
        return [self._warning() for alias in databases or () if self._missing(connections[alias])]

    def _missing(self, connection):
        if connection.vendor != "postgresql":
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NULL", [self.table, self.name])
            return cursor.fetchone()[0]

    def _warning(self):
        hint = f"Quản trị máy chủ PostgreSQL chạy trong cơ sở dữ liệu của Cổng: {EXTENSION}; {self.statement};"
        return Warning(self.said, hint=hint, id=self.check)
