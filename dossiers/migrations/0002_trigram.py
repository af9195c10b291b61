"""Search in the register: a trigram index, where the server is PostgreSQL and lets us have it.

Written by hand. Without the right to create the extension the search still works, only slower, and the system check
records.W001 says so.
"""

from django.db import migrations

from dossiers.search_index import drop_index, make_index


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: make_index(editor.connection), lambda apps, editor: drop_index(editor.connection)
        )
    ]
