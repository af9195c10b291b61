"""Every mail is complete: no hole, no code, both parts saying the same, short, without a script."""

import datetime as dt
import itertools
import re

import pytest
from django.conf import settings
from django.core import mail as locmem
from django.core.mail import EmailMultiAlternatives

from accounts.roles import Role
from notices import outbox_files
from notices.mail_texts import SAMPLE, TEXTS, letter
from notices.models import Mail
from notices.outbox import queue_mail, render
from notices.outbox_files import OutboxFolderBackend
from notices.planner import plan
from notices.sender import send
from tests.factories import NOW, make_unit, make_user, moment

HOLES = re.compile(r"[{}]|\bNone\b|\bTrue\b|\bFalse\b|&amp;amp;|\(\)|: *\n\n\n")
STEP = {
    "name": "Đề xuất ĐX-2027-0042",
    "title": "Ứng dụng chế phẩm <vi sinh> & xử lý rơm rạ",
    "unit": "UBND xã Ứng Hòa",
    "label": "Yêu cầu bổ sung",
    "status": "Chờ đơn vị bổ sung",
    "turn": "Đơn vị",
    "who": "Sở KH&CN – Phòng Quản lý khoa học",
    "words": letter("step", person="Trần Thị Lan", values=SAMPLE, changed={})[1],
    "note": "Làm rõ quy mô.\nBổ sung dự toán.",
    "due_on": "2026-12-22",
    "path": "/de-xuat/42/",
}


def built_in(template):
    """The built-in sentences of the mail, with its longest opening."""
    openings = [key for key in TEXTS if key.startswith(f"{template}_intro")]
    intro = max(openings, key=lambda key: len(TEXTS[key].default.split())).removeprefix(f"{template}_")
    return letter(template, person="Trần Thị Lan", values=SAMPLE, changed={}, intro=intro)[1]


def words(html):
    text = re.sub(r"<(title|style).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(text.split())


def complete(text, html):
    for part in (text, html):
        assert not HOLES.search(part), HOLES.search(part)
        assert "!" not in part.replace("<!doctype", "").replace("!important", "")
    assert "bạn " not in text.casefold()
    assert "nộp" not in text.casefold()
    assert settings.HOTLINE in text
    assert "<script" not in html
    assert not re.search(r"\son\w+=|javascript:", html)
    assert len(re.findall(r"\n{4,}", text)) == 0


@pytest.mark.parametrize("template", ["step", "handover"])
@pytest.mark.parametrize(
    "blank", [set(names) for n in range(4) for names in itertools.combinations(("title", "note", "due_on"), n)]
)
def test_mails_of_a_step_have_no_holes(template, blank):
    context = {name: "" if name in blank else value for name, value in STEP.items()}
    text, html = render(template, {**context, "words": built_in(template)})
    complete(text, html)
    address = f"{settings.SITE_URL}/de-xuat/42/"
    assert address in text
    assert address in html
    assert ("thứ Ba, 22/12/2026" in text) == ("due_on" not in blank)
    assert ("Gửi lại trong ngày" in html) == ("due_on" not in blank)
    if "title" not in blank:
        assert "<vi sinh> & xử lý" in text  # plain text is not HTML
        assert "&lt;vi sinh&gt; &amp; xử lý" in html


@pytest.mark.parametrize("template", ["step", "handover"])
def test_our_own_words_are_few(template):
    empty = {**STEP, "title": "", "note": "", "due_on": "", "words": built_in(template)}
    text, html = render(template, empty)
    assert len(text.split()) <= 120
    assert len(words(html).split()) <= 120


@pytest.mark.django_db
class TestDigest:
    @pytest.fixture
    def send_digest(self, fake, settings):
        unit = make_unit()
        make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")

        def send_on(day, *duties):
            for number, duty in enumerate(duties, start=1):
                fake.owe(number, unit=unit, **duty)
            plan(now=moment(day))
            assert send(now=moment(day)).sent == 1
            message = locmem.outbox[-1]
            return message.subject, message.body, message.alternatives[0][0]

        return send_on

    due = dt.date(2026, 12, 17)

    @pytest.mark.parametrize(
        ("day", "left"),
        [
            (dt.date(2026, 12, 14), "còn 3 ngày làm việc"),
            (dt.date(2026, 12, 17), "hôm nay là hạn"),
            (dt.date(2026, 12, 21), "quá hạn 2 ngày làm việc"),
        ],
    )
    def test_the_subject_begins_with_the_action_and_the_date(self, send_digest, day, left):
        duty = {"due": self.due, "title": "Báo cáo năm 2026", "subject": "gửi Báo cáo năm 2026"}
        subject, text, html = send_digest(day, duty)
        assert subject == f"Gửi Báo cáo năm 2026, hạn 17/12/2026: {left}"
        complete(text, html)
        assert ("Việc quá hạn vẫn thực hiện được" in text) == left.startswith("quá hạn")

    def test_several_duties_most_urgent_first_each_with_link_and_counts(self, send_digest):
        subject, text, html = send_digest(
            dt.date(2026, 12, 14),
            {"due": dt.date(2026, 12, 21), "title": "Bổ sung đề xuất", "done": 2, "total": 3},
            {"due": dt.date(2026, 12, 11), "title": "Báo cáo năm 2026", "detail": "còn 5/14 chỉ tiêu chưa nhập"},
            {"due": dt.date(2026, 12, 17), "title": "Ký & gửi: “Rơm <rạ>”"},
        )
        assert subject == "Báo cáo năm 2026, hạn 11/12/2026: quá hạn 1 ngày làm việc; và 2 việc khác"
        complete(text, html)
        places = [text.index(title) for title in ("Báo cáo năm 2026", "Ký & gửi: “Rơm <rạ>”", "Bổ sung đề xuất")]
        assert places == sorted(places)
        for number in (1, 2, 3):
            assert f"{settings.SITE_URL}/bao-cao/{number}/" in text
            assert f"{settings.SITE_URL}/bao-cao/{number}/" in html
        assert "còn 5/14 chỉ tiêu chưa nhập" in text
        assert "đã xong 2/3" in text
        assert "thứ Hai, 21/12/2026" in html
        assert "UBND xã Ứng Hòa" in text
        assert "Kính gửi ông/bà Trần Thị Soạn," in text

    def test_our_own_words_are_few(self, send_digest):
        _, text, html = send_digest(dt.date(2026, 12, 14), {"due": dt.date(2026, 12, 11)})
        assert len(text.split()) <= 135  # names, addresses and dates included
        assert len(words(html).split()) <= 135

    def test_a_very_long_title_leaves_room_for_the_date(self, send_digest):
        subject, _, html = send_digest(dt.date(2026, 12, 14), {"due": self.due, "title": "Rất dài " * 60})
        assert subject.index("…, hạn 17/12/2026: ") < 75  # a list of mails shows no more
        assert html

    def test_the_outbox_row_keeps_what_was_sent(self, send_digest):
        subject, text, html = send_digest(dt.date(2026, 12, 14), {"due": self.due})
        row = Mail.objects.get()
        assert (row.subject, row.text.strip(), row.html) == (subject, text.strip(), html)


@pytest.mark.django_db
def test_queueing_twice_keeps_one_row_and_freezes_the_address():
    person = make_user(email="a@example.vn")
    for _ in range(2):
        queue_mail(
            person=person,
            kind="status",
            dedupe_key="event:1:1",
            subject="Việc\nmới",
            template="step",
            context=STEP,
            now=NOW,
        )
    mail = Mail.objects.get()
    assert (mail.address, mail.subject, mail.state) == ("a@example.vn", "Việc mới", "queued")


class TestOutboxFolder:
    @pytest.fixture(autouse=True)
    def folder(self, settings, tmp_path):
        settings.EMAIL_OUTBOX_DIR = tmp_path / "outbox"
        settings.DEMO = True

    def keep(self, subject="Còn 3 ngày làm việc: gửi Báo cáo", html="<p style='color:red'>Xin chào</p>"):
        message = EmailMultiAlternatives(subject, "Mở http://localhost/bao-cao/1/", to=["a@example.vn"])
        message.attach_alternative(html, "text/html")
        assert OutboxFolderBackend().send_messages([message]) == 1
        return outbox_files.names()[0]

    def test_every_mail_is_one_whole_file(self, settings):
        name = self.keep()
        assert [path.name for path in settings.EMAIL_OUTBOX_DIR.iterdir()] == [name]
        mail = outbox_files.read(name)
        assert (mail.subject, mail.to) == ("Còn 3 ngày làm việc: gửi Báo cáo", "a@example.vn")
        assert "Xin chào" in mail.html

    @pytest.mark.parametrize("name", ["..", "../../etc/passwd", "x.eml", "", "20260101-000000-000000-00000000.eml"])
    def test_other_names_find_nothing(self, name):
        self.keep()
        assert outbox_files.read(name) is None

    def test_the_list_shows_the_newest_first(self, client):
        self.keep("Thư thứ nhất")
        self.keep("Thư thứ hai")
        page = client.get("/hop-thu-di/").content.decode()
        assert page.index("Thư thứ hai") < page.index("Thư thứ nhất")

    def test_one_mail_in_both_parts_the_html_behind_its_own_policy(self, client):
        name = self.keep(html="<p style='color:red'>Xin chào</p><script>alert(1)</script>")
        page = client.get(f"/hop-thu-di/{name}")
        body = page.content.decode()
        assert "unsafe-inline" not in page["Content-Security-Policy"]
        assert "<script>alert" not in body
        assert "<iframe" in body
        assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src="' in body
        assert body.index("Phần HTML") < body.index("Phần văn bản")
        frame = client.get(f"/hop-thu-di/{name}?phan=html")
        assert "Xin chào" in frame.content.decode()
        policy = frame["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "style-src 'unsafe-inline'" in policy
        assert "script" not in policy
        assert frame["X-Frame-Options"] == "SAMEORIGIN"

    def test_in_production_the_pages_do_not_exist(self, client, settings):
        name = self.keep()
        settings.DEMO = False
        for path in ("/hop-thu-di/", f"/hop-thu-di/{name}", f"/hop-thu-di/{name}?phan=html"):
            assert client.get(path).status_code == 404
        settings.DEMO = True
        assert client.get("/hop-thu-di/khac.eml").status_code == 404
