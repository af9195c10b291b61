"""Who only reads (Ban Chỉ đạo) sees the state of the units, not people's numbers and addresses, and makes no letter."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from notices.models import LetterDraft, Touch
from reports.models import Obligation
from tests.factories import TODAY, make_cycle, make_specialist, make_user
from tests.support.chasing import DRAFT, chosen, names, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(units):
    person = make_user(Role.UNIT_DRAFTER, unit=units[0], full_name="Trần Thị Soạn", email="soan@ungho.vn")
    type(person).objects.filter(pk=person.pk).update(phone="0912 345 678")
    type(units[1]).objects.filter(pk=units[1].pk).update(phone="024 3333 999", email="ubnd@haibatrung.vn")
    return make_cycle(units=units, due_on=TODAY)


@pytest.fixture
def reader(client):
    client.force_login(make_specialist(Role.DEPT_READER))


SECRETS = ("0912", "024 3333", "0243333", "soan@ungho.vn", "ubnd@haibatrung.vn")


def test_the_board_shows_the_state_without_contacts(client, reader, cycle):
    page = client.get(url("", cycle.pk))
    assert len(names(page)) == 3
    assert [word for word in (*SECRETS, "Liên hệ", "Soạn công văn") if word in page.text.split("<footer")[0]] == []
    client.force_login(make_specialist(Role.DEPT_CLERK))  # who calls needs them
    seen = client.get(url("", cycle.pk)).text
    assert "0912 345 678" in seen
    assert "ubnd@haibatrung.vn" in seen


def test_a_call_is_readable_without_numbers_and_not_writable(client, reader, cycle, units):
    address = url("_call", cycle.pk, Obligation.objects.get(unit=units[0]).pk)
    page = client.get(address).text.split("<footer")[0]
    assert [word for word in (*SECRETS, 'name="note"', "Gọi ai") if word in page] == []
    assert "Nhật ký đôn đốc" in page
    assert client.post(address, {"note": "x"}).status_code == 403
    assert not Touch.objects.exists()


@pytest.mark.parametrize("name", ["_phone", "_letter", "_message"])
def test_lists_for_calling_and_writing_are_closed_and_say_to_whom(client, reader, cycle, name):
    page = client.get(url(name, cycle.pk), {"tat_ca": "1"})
    assert page.status_code == 403
    assert "do chuyên viên, lãnh đạo phòng, văn thư hoặc quản trị của Sở thực hiện" in page.text
    assert client.get(reverse("admin:notices_forecast")).status_code == 403  # for the same reason


def test_no_letter_is_made_and_none_discarded(client, specialist, cycle, units):
    client.post(url("_docx", cycle.pk), {**chosen(*units), **DRAFT})
    draft = LetterDraft.objects.get()
    client.force_login(make_specialist(Role.DEPT_READER))
    assert client.post(url("_docx", cycle.pk), {**chosen(*units), **DRAFT}).status_code == 403
    for name in ("_draft", "_discard"):
        assert client.get(url(name, cycle.pk, draft.pk)).status_code == 403
        assert client.post(url(name, cycle.pk, draft.pk), {"number": "1", "issued_on": "23/11/2026"}).status_code == 403
    draft.refresh_from_db()
    assert (draft.recorded_at, draft.discarded_at) == (None, None)
