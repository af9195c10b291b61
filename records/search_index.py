"""The trigram index on ``AuditEntry.search``."""

from django.core.checks import Tags, register

from records.trigram import TrigramIndex

INDEX = TrigramIndex(
    name="audit_search_trigram",
    table="records_auditentry",
    said="Tìm kiếm nhật ký chưa có chỉ mục trigram nên sẽ chậm khi có nhiều dòng.",
    check="records.W002",
)


@register(Tags.database)
def audit_index_check(app_configs=None, databases=None, **kwargs):
    """records.W002 where the trail stands on PostgreSQL without its trigram index."""
    return INDEX.warnings(databases)
