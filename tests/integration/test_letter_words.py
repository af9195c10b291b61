"""Sentences of the mails about steps, hand-overs, declarations and the week: edited in one place, sent as edited."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.assigning import assign
from dossiers.handover import hand_over
from notices.mail_texts import MAILS, TEXTS, say
from notices.models import InboxItem, Mail, MailText
from notices.sender import send
from notices.weekly import plan_weekly
from reports.declaring import declare, not_arrived
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_call, make_cycle, make_specialist, make_team, make_unit, moment
from tests.support.report_desk import Desk
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db
REPLY = dt.date(2026, 12, 22)  # a Tuesday
OWN = "Lời riêng của Sở cho {ten_nguoi_nhan}."


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def admin():
    client = Client()
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    return client


@pytest.fixture
def team():
    return make_team(make_unit())


@pytest.fixture
def sent(team):
    return sent_proposal(make_call(), team[0], team[1])


def edit(key):
    return reverse("admin:notices_mailtext_edit", args=[key])


def save(client, key, text):
    answer = client.post(edit(key), {"text": text, "act": "save"})
    assert answer.status_code == 302, answer.context["form"].errors


def newest(person, *, template="step"):
    return Mail.objects.filter(person=person, template=template).latest("pk")


def test_the_list_groups_the_texts_by_mail(admin):
    page = admin.get(reverse("admin:notices_mailtext_changelist")).content.decode()
    places = [page.index(f"<h2>{name}</h2>") for name in MAILS.values()]
    assert places == sorted(places)
    for key in TEXTS:
        assert page.count(f'href="{edit(key)}"') == 1


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_previewed_in_the_mail_it_belongs_to(admin, key):
    text = f"{TEXTS[key].default} Lời thử <b>: " if TEXTS[key].first else f"Lời thử <b>: {TEXTS[key].default}"
    shown = admin.post(edit(key), {"text": text, "act": "preview"})
    in_text = shown.context["subject"] if "subject" in key else shown.context["text"]
    assert "Lời thử <b>:" in in_text
    assert "{" not in shown.context["subject"] + shown.context["text"]
    frame = admin.get(reverse("admin:notices_mailtext_html", args=[key])).content.decode()
    assert ("Lời thử &lt;b&gt;:" in frame) or key in {"step_subject", "handover_subject"}  # these head no page
    assert "{" not in frame
    assert not MailText.objects.exists()


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("step_intro", "Gửi lại trong ngày {ngay_gui_lai}", "Không có chỗ điền {ngay_gui_lai}. Dùng được:"),
        ("step_intro_asked", "Gửi lại trước {han}", "Không có chỗ điền {han}."),
        ("step_outro", "Gọi {lien_he", "đứng lẻ"),
        ("handover_subject", "Bàn giao hồ sơ", "Cần có {buoc}, {ho_so}"),
        ("weekly_subject", "Việc trong tuần", "Cần có {tuan}"),
        ("weekly_intro", "Việc của {don_vi}", "Không có chỗ điền {don_vi}."),
    ],
)
def test_a_broken_sentence_is_refused(admin, key, text, words):
    page = admin.post(edit(key), {"text": text, "act": "save"})
    assert words in page.content.decode()
    assert text in page.content.decode()
    assert not MailText.objects.exists()


def test_a_placeholder_that_is_empty_on_this_installation_is_refused(admin, settings):
    settings.HOTLINE = ""
    page = admin.post(edit("step_outro"), {"text": "Gọi {lien_he}.", "act": "save"}).content.decode()
    assert "Chỗ điền {lien_he} đang để trống trên hệ thống; bỏ ra khỏi nội dung." in page
    assert not MailText.objects.exists()


def test_changed_sentences_arrive_with_the_mail_of_a_step(admin, team, sent, smtp_sink):
    save(admin, "step_hello", "Kính gửi {ten_nguoi_nhan} – {don_vi},")
    save(admin, "step_intro_asked", "Sở cần thêm <số liệu>, gửi lại trong ngày {ngay_gui_lai}.")
    save(admin, "step_outro", "Phòng Quản lý khoa học trả lời theo số {lien_he}.")
    step(
        step(sent, "receive", make_specialist()),
        "request_supplement",
        make_specialist(),
        note="Rõ quy mô.",
        due_on=REPLY,
    )
    Mail.objects.exclude(subject__startswith="Sở đề nghị bổ sung: ĐX-").delete()
    assert send(now=NOW).sent == 3
    message = next(one.message for one in smtp_sink.messages if one.recipients == (team[0].email,))
    text, html = (message.get_body(kind).get_content() for kind in (["plain"], ["html"]))
    for part, intro in ((text, "Sở cần thêm <số liệu>"), (html, "Sở cần thêm &lt;số liệu&gt;")):
        assert "Kính gửi Trần Thị Soạn – UBND xã Ứng Hòa," in part
        assert f"{intro}, gửi lại trong ngày thứ Ba, 22/12/2026." in part
        assert "Phòng Quản lý khoa học trả lời theo số Văn phòng Sở KH&" in part
        assert "Rõ quy mô." in part
    assert TEXTS["step_intro_asked"].default not in text


def test_the_opening_says_what_the_situation_is(team, sent):
    """Each mail begins with the sentence of its situation, as the status after the step makes it."""
    drafter, leader, _ = team
    specialist, head = make_specialist(), make_specialist(Role.DEPT_HEAD)

    def opening(person):
        mail = newest(person)
        found = [key for key in TEXTS if key.startswith("step_intro") and say(key, values, {}) in mail.text]
        assert all(say(key, values, {}) in mail.html for key in found)
        return found

    values = {"don_vi": "UBND xã Ứng Hòa"}
    assert opening(drafter) == ["step_intro_sent_unnumbered"]  # by “Duyệt và gửi”: number and date are to come
    waiting = step(complete_proposal(make_call(), drafter), "submit_for_signature", drafter)
    assert opening(leader) == ["step_intro_sign"]
    step(waiting, "return_to_drafter", leader, note="Sửa tên.")
    assert opening(drafter) == ["step_intro_returned"]
    for action in ("receive", "mark_valid", "start_review"):
        step(sent, action, specialist)
        assert opening(drafter) == ["step_intro"]
    assign(dossier=sent, person=specialist, actor=actor(head), now=NOW)
    assert opening(specialist) == ["step_intro_assigned"]
    council = {
        "minutes_number": "12/BB-HĐ",
        "minutes_date": TODAY,
        "recommendation": "do",
        "council_size": 9,
        "ballots": 8,
        "ballots_pass": 7,
    }
    step(sent, "record_council", specialist, note="Có địa chỉ ứng dụng.", data=council)
    assert opening(drafter) == ["step_intro_council"]
    for part in (newest(drafter).text, newest(drafter).html):
        assert "Đề nghị thực hiện" in part
        assert "phiếu" not in part  # how the council voted stays with the Sở
    step(sent, "do_not_list", head, note="Trùng lặp.")
    assert opening(drafter) == ["step_intro_done"]


def test_the_subject_says_what_the_step_means_for_its_reader(team):
    """Who must act reads that, who is told the outcome reads that, each with the code as soon as there is one."""
    drafter, leader, clerk = team
    specialist = make_specialist()
    waiting = step(complete_proposal(make_call(), drafter), "submit_for_signature", drafter)
    title = f"“{waiting.title}”"
    assert newest(leader).subject == f"Chờ ông/bà ký: Đề xuất nhiệm vụ {title}"
    assert "Xem và ký: http" in newest(leader).text
    dossier = step(waiting, "approve_and_send", leader)
    for person in (drafter, clerk):
        assert newest(person).subject == f"Đã gửi Sở: {dossier.code}, {title}"
        assert InboxItem.objects.filter(person=person).latest("pk").title == newest(person).subject
    step(dossier, "receive", specialist)
    assert newest(drafter).subject == f"Sở đã tiếp nhận: {dossier.code}, {title}"
    assign(dossier=dossier, person=specialist, actor=actor(make_specialist(Role.DEPT_HEAD)), now=NOW)
    step(dossier, "request_supplement", specialist, note="Rõ quy mô.\n\nRõ dự toán.", due_on=REPLY)
    asked = newest(drafter)
    assert asked.subject == f"Sở đề nghị bổ sung: {dossier.code}, {title}"
    assert "Sở đề nghị bổ sung 2 nội dung dưới đây;" in asked.text
    assert "Xem và bổ sung: http" in asked.text
    step(dossier, "submit_again", drafter)
    assert newest(leader).subject == f"Chờ ông/bà ký, gửi lại: {dossier.code}, {title}"
    step(dossier, "approve_and_send_again", leader)
    assert newest(drafter).subject == f"Đã gửi lại Sở: {dossier.code}, {title}"
    assert newest(specialist).subject == f"Đơn vị đã gửi lại, chờ ông/bà xem xét: {dossier.code}, {title}"


def test_a_report_is_named_by_its_own_title():
    desk = Desk()
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    assert newest(desk.leader).subject == "Chờ ông/bà ký: Báo cáo năm 2026"
    desk.step("approve_and_send", desk.leader)
    code = desk.step("accept", make_specialist()).code
    assert newest(desk.drafter).subject == f"Đã tiếp nhận – đạt yêu cầu: {code}, Báo cáo năm 2026"


def test_the_mail_of_an_assignment_follows_the_words(admin, sent):
    save(admin, "step_subject", "[Cổng KH&CN] {buoc}: {ho_so}")
    specialist = make_specialist()
    assign(dossier=sent, person=specialist, actor=actor(make_specialist(Role.DEPT_HEAD)), now=NOW)
    assert newest(specialist).subject == f"[Cổng KH&CN] Ông/bà được giao theo dõi: {sent.code}, “{sent.title}”"


def test_the_handover_has_its_own_words(admin, sent):
    save(admin, "handover_subject", "{don_vi} nhận hồ sơ: {buoc}, {ho_so}")
    save(admin, "handover_intro", OWN)
    heir = make_team(make_unit("Xã Phú Xuyên"))[0]
    by = actor(make_specialist())
    unit = heir.memberships.get().unit
    hand_over(dossier=sent, to_unit=unit, resolution="NQ 1", actor=by, version=sent.version, now=NOW)
    mail = newest(heir, template="handover")
    assert mail.subject.startswith("UBND xã Phú Xuyên nhận hồ sơ: Bàn giao từ Xã Ứng Hòa sang Xã Phú Xuyên, ")
    for part in (mail.text, mail.html):
        assert "Lời riêng của Sở cho Trần Thị Soạn." in part
        assert "UBND xã Phú Xuyên" in part  # who holds it now stands there whatever the words are
        assert "Từ nay" not in part


def test_a_declared_letter_that_has_not_come_is_told_in_the_changed_words(admin, team):
    save(admin, "step_intro_not_arrived", OWN)
    make_cycle(units=[team[0].memberships.get().unit])
    obligation = Obligation.objects.get()
    declare(obligation=obligation, number="45/BC-UBND", issued_on=TODAY, actor=actor(team[0]), now=NOW)
    not_arrived(obligation=obligation, note="Không có trong sổ.", actor=actor(make_specialist()), now=NOW)
    mail = newest(team[0])
    assert mail.subject == "Sở chưa nhận được văn bản báo cáo: Báo cáo năm 2026"
    for part in (mail.text, mail.html):
        assert "Lời riêng của Sở cho Trần Thị Soạn." in part
        assert "số 45/BC-UBND, ngày 23/11/2026" in part


def test_the_weekly_letter_keeps_its_figures_behind_the_changed_subject(admin, sent):
    save(admin, "weekly_subject", "Tuần {tuan} tại Sở")
    save(admin, "weekly_intro", OWN)
    save(admin, "weekly_outro", "Họp giao ban lúc 8 giờ, tuần {tuan}.")
    person = make_specialist(full_name="Vũ Thị Tuần")
    plan_weekly(now=moment(TODAY + dt.timedelta(days=7)))
    mail = newest(person, template="weekly")
    assert mail.subject == "Tuần 30/11/2026 tại Sở: 1 hồ sơ chưa giao"
    for part in (mail.text, mail.html):
        assert "Lời riêng của Sở cho Vũ Thị Tuần." in part
        assert "Họp giao ban lúc 8 giờ, tuần 30/11/2026." in part


def test_a_placeholder_empty_at_sending_falls_back_and_the_mail_leaves_complete(sent, team, settings, caplog):
    MailText.objects.create(key="step_outro", text="Gọi {lien_he} để trao đổi.")
    MailText.objects.create(key="step_intro", text="Hồ sơ {ho_so} có tin mới.")
    settings.HOTLINE = ""
    step(sent, "receive", make_specialist())
    send(now=NOW)
    message = next(one for one in locmem.outbox if one.subject.startswith("Sở đã tiếp nhận"))
    assert message.to == [team[0].email]
    for part in (message.body, message.alternatives[0][0]):
        assert TEXTS["step_outro"].default in part
        assert "để trao đổi" not in part
        assert f"Hồ sơ {sent.code}, “{sent.title}” có tin mới." in part  # the other changed words stay
        assert "{" not in part
    assert "Mail text step_outro is not complete" in caplog.text


def test_the_words_are_read_once_however_many_are_told(sent):
    received = step(sent, "receive", make_specialist())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        step(received, "request_supplement", make_specialist(), note="Rõ quy mô.", due_on=REPLY)
    assert Mail.objects.filter(subject__startswith="Sở đề nghị bổ sung").count() == 3
    assert sum("notices_mailtext" in query["sql"] for query in queries) == 1
