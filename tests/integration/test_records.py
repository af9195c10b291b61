"""Kept files, the audit trail and the text fields against a real database."""

import datetime as dt
import hashlib
import unicodedata
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from districts.models import Theme
from records.audit import audit
from records.files import FileRefused, open_response, store_upload
from records.models import AppendOnly, AuditEntry, StoredFile
from tests.unit.test_files import PDF

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_kept_file_has_a_random_name_and_comes_back_as_an_attachment(own_folder):
    stored = store_upload(
        upload=SimpleUploadedFile("Báo cáo.pdf", PDF), allowed=("pdf",), user=AnonymousUser(), now=NOW
    )
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (stored.original_name, stored.size, stored.extension) == ("Báo cáo.pdf", len(PDF), "pdf")
    assert stored.file.name.startswith("2026/11/")
    assert "cáo" not in stored.file.name
    response = open_response(stored)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''B%C3%A1o")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    response.close()
    stored.file.storage.delete(stored.file.name)
    with pytest.raises(Http404):
        open_response(stored)


def test_a_refused_or_unwritable_upload_leaves_nothing_behind(own_folder):
    with pytest.raises(FileRefused):
        store_upload(upload=SimpleUploadedFile("a.png", PDF), allowed=("pdf",), user=None, now=NOW)

    class Stranger:
        pk = 1

    with pytest.raises(ValueError):
        store_upload(upload=SimpleUploadedFile("a.pdf", PDF), allowed=("pdf",), user=Stranger(), now=NOW)
    assert not StoredFile.objects.exists()
    assert not [p for p in own_folder.rglob("*") if p.is_file()]


def test_the_trail_is_only_written(django_user_model):
    entry = audit(action="test.done", actor=None, now=NOW, label="Hồ sơ\n1", path="/ho-so/1/", ip="not-an-address")
    assert (entry.object_label, entry.actor_name, entry.ip) == ("Hồ sơ 1", "", None)
    assert audit(action="x", actor=AnonymousUser(), now=NOW, ip="10.0.0.1", detail={"a": 1}).ip == "10.0.0.1"
    for change in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(action="y"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(AppendOnly):
            change()
    assert AuditEntry.objects.count() == 2


def test_text_is_cleaned_on_every_way_into_the_database():
    typed = unicodedata.normalize("NFD", " Ứng \n Hòa ")
    theme = Theme.objects.create(code="a", name=typed)
    assert theme.name == "Ứng Hòa"
    Theme.objects.bulk_create([Theme(code="b", name=typed)])
    Theme.objects.create(code="c", name="x")
    Theme.objects.filter(code="c").update(name=typed)
    assert set(Theme.objects.values_list("name", flat=True)) == {"Ứng Hòa"}
    assert Theme.objects.filter(name=typed).count() == 3
    clone = Theme._meta.get_field("name").deconstruct()
    assert clone[1:] == ("records.modelfields.LineField", [], {"verbose_name": "tên chủ đề", "max_length": 120})


def test_an_upload_is_read_from_the_start_again(own_folder):
    upload = SimpleUploadedFile("a.pdf", PDF)
    upload.seek(10)
    stored = store_upload(upload=upload, allowed=("pdf",), user=None, now=NOW)
    with stored.file.open("rb") as handle:
        assert BytesIO(handle.read()).getvalue() == PDF
