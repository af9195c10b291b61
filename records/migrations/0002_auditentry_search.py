"""Folded search text of the audit trail; lines that are there get theirs too (the trail itself is not changed)."""

from django.db import migrations, models

from records.text import search_text

AT_ONCE = 1000


def fill(apps, editor):
    """One batch after the other; ``_base_manager``, for the trail's own refuses every update."""
    rows = apps.get_model("records", "AuditEntry")._base_manager.using(editor.connection.alias)
    last = 0
    while batch := list(rows.filter(pk__gt=last).select_related("actor").order_by("pk")[:AT_ONCE]):
        for row in batch:
            units = row.detail.get("units") if isinstance(row.detail, dict) else None
            names = units if isinstance(units, list) else []
            row.search = search_text(row.actor_name, row.actor and row.actor.username, row.object_label, *names)
        rows.bulk_update(batch, ["search"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="search",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
