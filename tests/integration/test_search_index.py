"""The trigram index of the register: there and used on PostgreSQL, done without where it is not allowed."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from dossiers.models import Dossier
from dossiers.search_index import NAME, drop_index, make_index, search_index_check

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def has_index():
    with connection.cursor() as cursor:
        return NAME in connection.introspection.get_constraints(cursor, Dossier._meta.db_table)


def test_the_index_is_there_and_the_search_uses_it():
    assert has_index()
    assert search_index_check(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")  # leaves bitmap scans, the only way into a GIN index
    assert NAME in Dossier.objects.search("rơm rạ").explain()


def test_a_server_that_forbids_the_extension_gets_a_portal_without_index_and_a_warning():
    drop_index(connection)
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")  # and the index of the audit trail
        cursor.execute("CREATE ROLE khong_quyen")
        cursor.execute("SET LOCAL ROLE khong_quyen")
    assert make_index(connection) is False
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert not has_index()

    (warning,) = [one for one in run_checks(databases=["default"]) if one.id == "records.W001"]
    assert "chậm" in warning.msg and "CREATE EXTENSION" in warning.hint

    assert make_index(connection) is True
    assert make_index(connection) is True  # again: nothing to do
    assert has_index()


def test_before_the_first_migration_nothing_is_said():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dossiers_dossier RENAME TO dossiers_dossier_away")
        cursor.execute(f"DROP INDEX {NAME}")
    assert search_index_check(databases=["default"]) == []
