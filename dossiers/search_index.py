"""The trigram index on ``Dossier.search``: PostgreSQL only, and only where the server allows its extension."""

from django.core.checks import Tags, Warning, register
from django.db import DatabaseError, connections, transaction

NAME = "dossier_search_trigram"
TABLE = "dossiers_dossier"
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
INDEX = f"CREATE INDEX IF NOT EXISTS {NAME} ON {TABLE} USING gin (search gin_trgm_ops)"


def make_index(connection) -> bool:
    """Create extension and index; False (and nothing changed) where the server does not allow it."""
    if connection.vendor != "postgresql":
        return False
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(EXTENSION)
            cursor.execute(INDEX)
    except DatabaseError:
        return False
    return True


def drop_index(connection):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {NAME}")


@register(Tags.database)
def search_index_check(app_configs=None, databases=None, **kwargs):
    """records.W001 where the table stands on PostgreSQL without its trigram index."""
    found = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NULL", [TABLE, NAME])
            if cursor.fetchone()[0]:
                found.append(
                    Warning(
                        "Tìm kiếm hồ sơ chưa có chỉ mục trigram nên sẽ chậm khi có nhiều hồ sơ.",
                        hint=f"Quản trị máy chủ PostgreSQL chạy trong cơ sở dữ liệu của Cổng: {EXTENSION}; {INDEX};",
                        id="records.W001",
                    )
                )
    return found
