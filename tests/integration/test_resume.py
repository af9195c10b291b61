"""A session that has ended costs nobody what was typed, and no address answers with a bare English error."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.resuming import KEEP, LIMIT
from dossiers.models import Comment
from notices.models import InboxItem
from tests import factories as make
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
RESUME = "/tai-khoan/tiep-tuc/"
SAID = "Phiên làm việc đã hết; đăng nhập để gửi tiếp nội dung vừa nhập"


@pytest.fixture
def desk():
    with travel(make.NOW, tick=False):
        yield Desk()


def address(desk):
    return reverse("dossiers:comment", args=[desk.report.pk])


def sign_in(client, user, there):
    data = {"username": user.username, "password": "mat-khau-dung-thu", "next": there}
    return client.post(reverse("accounts:login"), data)


def test_what_was_typed_is_shown_after_sign_in_and_sent_again_once(desk):
    client, there = Client(enforce_csrf_checks=True), address(desk)
    token = client.get(reverse("accounts:login")).context["csrf_token"]
    typed = {"body": "Số liệu mục 2\nchờ công an xã", "csrfmiddlewaretoken": str(token)}
    asked = client.post(there, typed, follow=True)
    assert asked.redirect_chain[-1][0].endswith("?next=/tai-khoan/tiep-tuc/")
    assert SAID in asked.text
    token = str(asked.context["csrf_token"])
    known = {"username": desk.drafter.username, "password": "mat-khau-dung-thu", "next": RESUME}
    page = client.post(reverse("accounts:login"), known | {"csrfmiddlewaretoken": token}, follow=True)
    assert page.redirect_chain[-1][0] == RESUME
    assert "Số liệu mục 2\nchờ công an xã" in page.text
    assert f'action="{there}"' in page.text
    assert not Comment.objects.exists()
    again = {"body": "Số liệu mục 2\nchờ công an xã", "csrfmiddlewaretoken": str(page.context["csrf_token"])}
    assert client.post(there, again).status_code == 302
    assert Comment.objects.get().body == "Số liệu mục 2\nchờ công an xã"
    assert client.get(RESUME).url == "/"  # nothing waits any more


def test_no_password_no_file_and_no_token_is_kept(desk):
    client = Client()
    client.post(reverse("accounts:password"), {"old_password": "bi-mat", "new_password1": "bi-mat-moi"})
    assert "resume" not in client.session
    letter = {"number": "45/BC-UBND", "upload": make_file(), "csrfmiddlewaretoken": "x" * 64}
    client.post(reverse("dossiers:letter", args=[desk.report.pk]), letter)
    kept = client.session["resume"]
    assert kept["fields"] == [["number", ["45/BC-UBND"]]]
    assert kept["files"]
    sign_in(client, desk.clerk, RESUME)
    assert "chọn lại tệp" in client.get(RESUME).text


def make_file():
    return SimpleUploadedFile("ban-ky.pdf", make.pdf_bytes(), "application/pdf")


def test_a_text_too_long_to_keep_is_said_where_it_still_stands(desk):
    client = Client()
    asked = client.post(address(desk), {"body": "x" * (LIMIT + 1)}, follow=True)
    assert "nút quay lại của trình duyệt" in asked.text
    assert len(str(client.session["resume"])) < 500


def test_kept_words_are_gone_after_a_while_and_on_demand(desk):
    client = Client()
    client.post(address(desk), {"body": "Nháp"})
    sign_in(client, desk.drafter, RESUME)
    assert "Nháp" in client.get(RESUME).text
    with travel(make.NOW + KEEP + dt.timedelta(minutes=1), tick=False):
        assert client.get(RESUME).url == "/"
    client = Client()
    client.post(address(desk), {"body": "Nháp"})
    sign_in(client, desk.drafter, RESUME)
    client.post(RESUME)
    assert client.get(RESUME).url == "/"


def test_a_script_and_a_button_without_words_are_answered_as_before(desk):
    client, there = Client(), address(desk)
    fetched = client.post(there, {"body": "x"}, headers={"X-Requested-With": "autosave", "Accept": "application/json"})
    assert fetched.url.endswith(f"next={there}")
    pressed = client.post(reverse("inbox-read-all"))
    assert pressed.url.endswith("next=/hop-thu/da-doc/")
    assert "resume" not in client.session


def test_addresses_that_take_a_form_lead_to_their_page_when_opened(desk):
    client, report = desk.client(), desk.report
    item = InboxItem.objects.create(person=desk.drafter, key="k", at=make.NOW, title="Tin", path="/huong-dan/")
    assert client.get(reverse("inbox-open", args=[item.pk])).url == "/hop-thu/"
    assert client.get(reverse("inbox-read-all")).url == "/hop-thu/"
    assert client.get(reverse("dossiers:comment", args=[report.pk])).url == f"/bao-cao/{report.pk}/#trao-doi"
    assert client.get(reverse("accounts:switch-unit")).url == "/tai-khoan/"
    item.refresh_from_db()
    assert item.read_at is None


def test_a_405_is_a_page_in_vietnamese_for_people_and_bare_for_scripts(desk):
    there = reverse("reports:save_narrative", args=[desk.report.pk, "I"])
    page = desk.client().get(there, headers={"Accept": "text/html,*/*"})
    assert page.status_code == 405
    assert "Bước này không mở bằng địa chỉ được" in page.text
    assert page.headers["Allow"] == "POST"
    bare = desk.client().get(there, headers={"Accept": "application/json"})
    assert bare.status_code == 405
    assert not bare.content
