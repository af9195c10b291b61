"""No mouse: a proposal is written and sent with the keyboard alone, in Telex, the focus always in sight."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from dossiers.models import Dossier
from proposals.models import Proposal
from reports.filing import start_report
from tests.factories import actor, make_call, make_cycle, make_specialist, make_team, make_theme, make_unit, make_user
from tests.support.keyboard import Hands
from tests.support.people import PASSWORD
from tests.support.ways import sent_proposal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TITLE = "Ứng dụng chế phẩm vi sinh xử lý rơm rạ ở Đường Lâm"
NEXT = ("button[type=submit]", "Lưu và tiếp tục")


@pytest.fixture
def user():
    today = timezone.localdate()
    make_call(themes=[make_theme()], opens_on=today - dt.timedelta(days=5), due_on=today + dt.timedelta(days=20))
    return make_user(Role.UNIT_DRAFTER, Role.UNIT_LEADER, unit=make_unit(), full_name="Trần Thị Lan")


def sign_in(hands, user, address):
    hands.page.goto(address + reverse("accounts:login"))
    hands.write("username", user.username)
    hands.write("password", PASSWORD)
    with hands.page.expect_navigation():
        hands.press("Enter")


def fill_form(hands):
    """The seven sections; a list is opened with the arrows, a box is ticked with the space bar."""
    hands.write("title", TITLE)
    hands.tab_to("[name=theme]")
    hands.press("ArrowDown")
    hands.tab_to("[name=science_fields][value=nong_nghiep]").press("Space")
    hands.tab_to("[name=task_type]").press("Space")
    hands.press("ArrowDown")
    hands.enter(*NEXT)
    hands.write("grounds", "Kế hoạch phát triển kinh tế - xã hội của xã.")
    hands.write("urgency", "Rơm rạ bị đốt ngoài đồng sau mỗi vụ.")
    hands.enter(*NEXT)
    for name in ("general_aim", "specific_aims", "main_contents"):
        hands.write(name, "Giảm đốt rơm rạ.")
    hands.enter(*NEXT)
    hands.write("products-0-name", "Quy trình xử lý")
    hands.write("products-0-quantity", "1")
    hands.write("effects", "Giảm ô nhiễm không khí.")
    hands.enter(*NEXT)
    for name, figure in (("state_budget", "1.234,5"), ("other_budget", "150"), ("months", "18")):
        hands.write(name, figure)
    hands.enter(*NEXT)
    hands.write("reception", "UBND xã tiếp nhận và sử dụng kết quả.")
    hands.enter(*NEXT)
    hands.write("contact_representative", "Nguyễn Văn Hùng")
    hands.tab_to("[name=contact_phone]").press("Control+a")
    hands.telex("024 0000 0000")
    hands.write("contact_email", "xa@example.vn")
    hands.write("contact_address", "Xã Ứng Hòa, Hà Nội")
    hands.enter(*NEXT)


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_a_proposal_is_written_and_sent_without_a_mouse(user, new_page, live_server, size):
    hands = Hands(new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"))
    sign_in(hands, user, live_server.url)
    hands.enter("main a", "Đề xuất nhiệm vụ mới")
    hands.enter("button", "Đề xuất nhiệm vụ mới")
    fill_form(hands)
    hands.enter("main a.btn", "Trình ký")
    hands.enter("main button", "Trình ký")
    hands.enter("main a.btn", "Duyệt và gửi")
    hands.enter("main button", "Duyệt và gửi")
    sent = Dossier.objects.get()
    assert (sent.status, sent.title) == ("sent", TITLE)
    kept = Proposal.objects.get()
    assert kept.urgency == "Rơm rạ bị đốt ngoài đồng sau mỗi vụ."
    assert hands.page.get_by_text(sent.code).first.is_visible()


def test_tab_goes_through_a_whole_page_and_out_of_it_and_back(user, new_page, live_server):
    hands = Hands(new_page(reduced_motion="reduce"))
    sign_in(hands, user, live_server.url)
    hands.enter("main a", "Đề xuất nhiệm vụ mới")
    hands.enter("button", "Đề xuất nhiệm vụ mới")
    stops = hands.page.locator("a:visible, button:visible, input:visible, select:visible, textarea:visible").count()
    for _ in range(stops + 1):
        hands.press("Tab")
        if hands.where() is None:  # out of the page, into the browser's own bar
            break
    assert hands.where() is None
    hands.tab_to(".skip", key="Shift+Tab")
    hands.press("Enter")
    hands.press("Tab")
    assert hands.page.evaluate("document.activeElement.closest('main') !== null")


def pages_of(today, now):
    """(person, addresses) of the pages most used at the unit and at the Sở."""
    unit = make_unit()
    drafter, leader, _ = make_team(unit)
    window = {"opens_on": today - dt.timedelta(days=5), "due_on": today + dt.timedelta(days=9)}
    sent = sent_proposal(make_call(**window), drafter, leader, now=now)
    cycle = make_cycle(units=[unit, make_unit("Xã Vân Đình")], **window)
    report = start_report(obligation=cycle.obligations.get(unit=unit), actor=actor(drafter, today), now=now)
    yield drafter, ["/", reverse("reports:edit", args=[report.pk]), reverse("proposals:detail", args=[sent.pk])]
    names = ("index", "proposals_proposal_changelist", "reports_obligation_changelist", "notices_forecast")
    staff = [reverse(f"admin:{name}") for name in names]
    staff += [
        reverse("admin:proposals_proposal_change", args=[sent.pk]),
        reverse("admin:reports_chasing", args=[cycle.pk]),
    ]
    yield make_specialist(Role.DEPT_HEAD), staff


@pytest.mark.parametrize("width", [1280, 390])
def test_every_stop_on_the_main_pages_is_in_sight(new_page, live_server, width):
    for person, addresses in pages_of(timezone.localdate(), timezone.now()):
        hands = Hands(new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce"))
        sign_in(hands, person, live_server.url)
        for address in addresses:
            hands.page.goto(live_server.url + address)
            seen = 0
            hands.press("Tab")
            while hands.where() and seen < 200:
                hands.press("Tab")
                seen += 1
            assert 8 < seen < 200, f"{address}: {seen} stops"
