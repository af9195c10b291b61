"""The trigram index on ``Dossier.search``: PostgreSQL only, and only where the server allows its extension."""

from django.core.checks import Tags, register

from records.trigram import TrigramIndex

INDEX = TrigramIndex(
    name="dossier_search_trigram",
    table="dossiers_dossier",
    said="Tìm kiếm hồ sơ chưa có chỉ mục trigram nên sẽ chậm khi có nhiều hồ sơ.",
    check="records.W001",
)
NAME = INDEX.name
make_index, drop_index = INDEX.make, INDEX.drop


@register(Tags.database)
def search_index_check(app_configs=None, databases=None, **kwargs):
    """records.W001 where the table stands on PostgreSQL without its trigram index."""
    return INDEX.warnings(databases)
