"""Folded search text of mails and of the ledger's rows; those that are there get theirs too. Message-IDs are indexed."""

from django.db import migrations, models

from records.text import search_text

AT_ONCE = 1000
FOLDED = {"mail": "subject", "reminder": "title"}


def fill(apps, editor):
    """One batch after the other: the ledger of some years is long."""
    for name, words in FOLDED.items():
        rows = apps.get_model("notices", name)._base_manager.using(editor.connection.alias).only(words)
        last = 0
        while batch := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
            for row in batch:
                row.search = search_text(getattr(row, words))
            rows.bulk_update(batch, ["search"], batch_size=300)
            last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("notices", "0007_letter_drafts")]
    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="search",
                field=models.TextField(blank=True, db_default="", default="", editable=False),
            )
            for name in FOLDED
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="mail", index=models.Index(fields=["message_id"], name="mail_message_id")
        ),
    ]
