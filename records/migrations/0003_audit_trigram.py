"""Search in the audit trail: a trigram index, where the server is PostgreSQL and lets us have it.

Written by hand. Without the right to create the extension the search still works, only slower, and the system check
records.W002 says so.
"""

from django.db import migrations

from records.search_index import INDEX


class Migration(migrations.Migration):
    dependencies = [("records", "0002_auditentry_search")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: INDEX.make(editor.connection), lambda apps, editor: INDEX.drop(editor.connection)
        )
    ]
