"""A drafted letter is kept with its units until its number is known, days later."""

import datetime as dt

import pytest
from time_machine import travel

from accounts.roles import Role
from notices.models import LetterDraft, Touch
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_specialist
from tests.support.chasing import DRAFT, chosen, keys, url

pytestmark = pytest.mark.django_db
ISSUED = {"number": "15/SKHCN-QLKH", "issued_on": "23/11/2026"}


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=TODAY)


def fetch(client, cycle, *units, once="trang-1", **values):
    response = client.post(url("_docx", cycle.pk), {**chosen(*units), **DRAFT, "once": once, **values})
    assert response.status_code == 200
    return LetterDraft.objects.order_by("-pk").first()


def touched():
    return sorted(Touch.objects.filter(mistaken_at=None).values_list("unit__name", flat=True))


def names(*units):
    return sorted(unit.name for unit in units)


def test_the_number_comes_days_later_for_exactly_those_of_the_draft(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[1]).update(first_sent_at=NOW)  # left out of the file
    draft = fetch(client, cycle, *units)
    assert len(draft.duty_keys) == 2
    Obligation.objects.filter(unit=units[0]).update(first_sent_at=NOW)  # the letter had gone to it
    with travel(NOW + dt.timedelta(days=3), tick=False):
        client.force_login(specialist)
        board = client.get(url("", cycle.pk)).text
        assert "1 dự thảo công văn chưa ghi số" in board
        listed = client.get(url("_letter", cycle.pk)).text
        assert "Soạn ngày 23/11/2026, 2 đơn vị, chưa ghi số" in listed
        page = url("_draft", cycle.pk, draft.pk)
        assert page in listed
        assert "Đã gửi hoặc đã kết thúc" in client.get(page).text
        bad = client.post(page, {**ISSUED, "issued_on": "27/11/2026"})
        assert bad.status_code == 422
        assert "15/SKHCN-QLKH" in bad.text
        done = client.post(page, ISSUED, follow=True)
    assert "Đã ghi nhận công văn cho 2 đơn vị." in done.text
    assert "chưa ghi số" not in done.text
    assert touched() == names(units[0], units[2])
    draft.refresh_from_db()
    assert (draft.number, draft.recorded_by) == ("15/SKHCN-QLKH", specialist)


def test_a_bare_number_takes_the_symbol_of_the_draft(client, specialist, cycle, units):
    draft = fetch(client, cycle, *units, symbol="SKHCN-VP")
    client.post(url("_draft", cycle.pk, draft.pk), {**ISSUED, "number": "1500"})
    assert set(Touch.objects.values_list("number", flat=True)) == {"1500/SKHCN-VP"}
    values = {**chosen(*units), "symbol": "SKHCN-VP", **ISSUED, "number": "1500"}
    client.post(url("_letter", cycle.pk), values)  # the same letter, typed without the draft
    assert Touch.objects.count() == 3


def test_recorded_on_the_same_page_the_draft_does_not_stay_behind(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[1]).update(first_sent_at=NOW)  # sent between look and fetch
    fetch(client, cycle, *units)
    client.post(url("_letter", cycle.pk), {**chosen(*units), "once": "trang-1", **ISSUED})
    assert touched() == names(units[0], units[2])
    assert LetterDraft.objects.get().number == "15/SKHCN-QLKH"


def test_fetched_again_it_is_the_same_draft_with_the_units_of_now(client, specialist, cycle, units):
    first = fetch(client, cycle, *units)
    again = fetch(client, cycle, *units, bo=keys(units[0]))  # the same visit of the page, one unit taken out
    assert (again.pk, len(again.duty_keys)) == (first.pk, 2)
    other_visit = fetch(client, cycle, *units[1:], once="trang-2")  # the very same units
    assert other_visit.pk == first.pk
    assert fetch(client, cycle, *units, once="trang-3").pk != first.pk
    client.force_login(make_specialist(Role.DEPT_HEAD))
    assert fetch(client, cycle, *units).made_by != specialist  # nobody takes over the draft of another


def test_a_draft_is_discarded_after_a_confirmation(client, specialist, cycle, units):
    draft = fetch(client, cycle, *units)
    page = url("_discard", cycle.pk, draft.pk)
    asked = client.get(page).text
    assert "Xã Ứng Hòa" in asked
    assert LetterDraft.objects.get().discarded_at is None
    done = client.post(page, follow=True)
    assert "Đã bỏ dự thảo soạn ngày 23/11/2026, 3 đơn vị." in done.text
    assert "chưa ghi số" not in done.text
    late = client.post(url("_draft", cycle.pk, draft.pk), ISSUED)
    assert late.status_code == 422
    assert "Dự thảo đã được bỏ" in late.text
    assert "số 15/SKHCN-QLKH, ngày 23/11/2026" in late.text  # what was typed can be read
    assert not Touch.objects.exists()
    assert "đã bỏ" in client.post(page, follow=True).text


def test_the_trail_tells_of_draft_number_and_discarding(client, specialist, cycle, units):
    client.post(url("_draft", cycle.pk, fetch(client, cycle, *units).pk), ISSUED)
    client.post(url("_discard", cycle.pk, fetch(client, cycle, units[0], once="trang-2").pk))
    trail = dict(
        AuditEntry.objects.filter(action__startswith="chasing.").order_by("pk").values_list("action", "object_label")
    )
    assert trail == {
        "chasing.drafted": "Đôn đốc: Dự thảo công văn, Xã Ứng Hòa",
        "chasing.noted": "Đôn đốc: Công văn 15/SKHCN-QLKH, 3 đơn vị",
        "chasing.draft_discarded": "Đôn đốc: Bỏ dự thảo công văn, Xã Ứng Hòa",
    }


def test_a_draft_belongs_to_its_cycle(client, specialist, cycle, units):
    draft = fetch(client, cycle, *units)
    other = make_cycle(units=units, year=2025)
    for name in ("_draft", "_discard"):
        assert client.get(url(name, other.pk, draft.pk)).status_code == 404
    assert "chưa ghi số" not in client.get(url("_letter", other.pk)).text


def test_a_file_that_is_refused_leaves_no_draft(client, specialist, cycle, units):
    client.post(url("_docx", cycle.pk), {**chosen(*units), **DRAFT, "reply_by": ""})
    assert not LetterDraft.objects.exists()


def test_a_letter_was_not_issued_before_its_cycle_opened(client, specialist, cycle, units):
    draft = fetch(client, cycle, *units)
    for page in (url("_draft", cycle.pk, draft.pk), url("_letter", cycle.pk)):
        refused = client.post(page, {**chosen(*units), **ISSUED, "issued_on": "23/11/2006"})
        assert refused.status_code == 422
        assert "Ngày ban hành 23/11/2006 trước ngày mở Báo cáo năm 2026" in refused.text
    assert not Touch.objects.exists()
    opened = cycle.round.opens_on
    client.post(url("_draft", cycle.pk, draft.pk), {**ISSUED, "issued_on": f"{opened:%d/%m/%Y}"})
    assert Touch.objects.count() == 3
