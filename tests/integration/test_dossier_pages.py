"""Pages beside a dossier: what stays inside the Sở, who may read, what leaves a trail, who is told."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from districts.models import Succession
from dossiers.models import Attachment, Dossier
from dossiers.papers import attach, comment
from notices.models import Mail
from records.models import AuditEntry
from reports.opening import open_obligations
from tests import factories as make
from tests.support.report_desk import Desk
from tests.support.ways import sent_proposal, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def pdf():
    return SimpleUploadedFile("phu-luc.pdf", make.pdf_bytes(), content_type="application/pdf")


def sent(desk):
    desk.fill()
    return desk.send()


class TestInside:
    """What a unit never reads of the Sở, and one unit never of another."""

    def test_an_internal_remark_is_not_shown_to_the_unit(self, desk):
        dossier, specialist = sent(desk), make.actor(make.make_specialist())
        for body, internal in (("Chỉ trong Sở", True), ("Cho đơn vị", False)):
            comment(dossier=dossier, body=body, internal=internal, actor=specialist, now=make.NOW)
        page = desk.client().get(reverse("reports:detail", args=[dossier.pk])).content.decode()
        assert "Cho đơn vị" in page and "Chỉ trong Sở" not in page

    def test_a_receipt_is_not_shown_to_another_unit(self, desk):
        dossier = sent(desk)
        url = reverse("dossiers:receipt", args=[dossier.code, 1])
        stranger = make.make_user(Role.UNIT_LEADER, unit=make.make_unit("Xã Vân Đình"))
        assert desk.client().get(url).status_code == 200
        assert signed_in(stranger).get(url).status_code == 404


class TestFiles:
    def test_nothing_is_attached_once_it_was_sent(self, desk):
        dossier = sent(desk)
        url = reverse("dossiers:attach", args=[dossier.pk])
        answer = desk.client().post(url, {"upload": pdf(), "title": "Phụ lục"})
        assert "chưa thêm hoặc bỏ tài liệu được" in answer.content.decode()
        assert not Attachment.objects.exists()

    def test_who_read_a_file_is_kept(self, desk):
        drafter = make.actor(desk.drafter)
        row = attach(dossier=desk.report.dossier, upload=pdf(), title="Phụ lục", actor=drafter, now=make.NOW)
        url = reverse("dossiers:file", args=[row.file_id])
        assert desk.client(desk.clerk).get(url).status_code == 200
        trail = AuditEntry.objects.get(action="file.read")
        assert (trail.actor, trail.object_path) == (desk.clerk, f"/ho-so/tep/{row.file_id}/")


class TestTold:
    """Who gets a mail of a step."""

    @pytest.fixture
    def proposal(self):
        team = make.make_team(make.make_unit())
        return sent_proposal(make.make_call(), team[0], team[1]), *team

    def told(self, label):
        return set(Mail.objects.filter(subject__startswith=label).values_list("person__full_name", flat=True))

    def test_the_drafters_hear_that_the_review_began(self, proposal):
        dossier, drafter, *_ = proposal
        specialist = make.make_specialist()
        for action in ("receive", "mark_valid", "start_review"):
            step(dossier, action, specialist)
        assert self.told("Sở đang xem xét: ĐX-") == {drafter.full_name}

    def test_the_assignee_hears_of_a_withdrawal(self, proposal):
        dossier, drafter, leader, clerk = proposal
        assignee, _ = make.make_specialist(), make.make_specialist(full_name="Người Khác")
        Dossier.objects.update(assignee=assignee)
        step(dossier, "withdraw", leader, note="Trùng nội dung")
        assert self.told("Đã rút đề xuất: ĐX-") == {drafter.full_name, clerk.full_name}
        assert self.told("Đơn vị đã rút đề xuất: ĐX-") == {assignee.full_name}

    @pytest.mark.parametrize("way", ["role ended", "account closed"])
    def test_in_place_of_an_assignee_who_left_all_specialists_hear_of_it(self, proposal, way):
        dossier, _, leader, _ = proposal
        assignee, other = make.make_specialist(), make.make_specialist(full_name="Người Khác")
        Dossier.objects.update(assignee=assignee)
        if way == "role ended":
            assignee.memberships.update(valid_to=make.TODAY - timedelta(days=1))
        else:
            type(assignee).objects.filter(pk=assignee.pk).update(is_active=False)
        step(dossier, "withdraw", leader, note="Trùng nội dung")
        assert self.told("Đơn vị đã rút đề xuất: ĐX-") == {other.full_name}

    def test_without_an_assignee_all_specialists_hear_of_it(self, proposal):
        dossier, drafter, leader, clerk = proposal
        specialist, _ = make.make_specialist(), make.make_specialist(Role.DEPT_HEAD, full_name="Trưởng Phòng")
        step(dossier, "withdraw", leader, note="Trùng nội dung")
        assert self.told("Đã rút đề xuất: ĐX-") == {drafter.full_name, clerk.full_name}
        assert self.told("Đơn vị đã rút đề xuất: ĐX-") == {specialist.full_name}
        path = Mail.objects.get(person=specialist).context["path"]
        assert path == reverse("admin:proposals_proposal_change", args=[dossier.pk])


def test_a_reader_hears_at_once_that_the_rest_cannot_be_marked(desk):
    report = desk.report
    reader = make.make_user(Role.UNIT_READER, unit=desk.unit)
    url = reverse("reports:nil_rest", args=[report.pk])
    answer = signed_in(reader).get(url, follow=True)
    assert answer.redirect_chain[0][0] == reverse("reports:detail", args=[report.pk])
    assert "chỉ được xem" in answer.content.decode()
    assert desk.client().get(url).status_code == 200


def test_the_list_needs_no_more_queries_for_many_inherited_reports(desk):
    def queries():
        client = desk.client()
        client.get(reverse("reports:list"))
        with CaptureQueriesContext(connection) as found:
            page = client.get(reverse("reports:list"))
        return len(found), page.content.decode().count("Xã Cũ")

    inherit(desk, 1)
    few, one = queries()
    inherit(desk, 29)
    many, shown = queries()
    assert one and shown > one
    assert many == few


def inherit(desk, count):
    """Sent reports of that many units whose ground the desk's unit took over."""
    for number in range(count):
        old = make.make_unit(f"Xã Cũ {number}")
        team = make.make_team(old)
        year = 2000 + Succession.objects.count()
        Succession.objects.create(predecessor=old, successor=desk.unit, extent="part")
        cycle = make.make_cycle(programme=desk.cycle.programme, year=year, units=[old])
        other = Desk.__new__(Desk)
        other.unit, (other.drafter, other.leader, other.clerk), other.cycle = old, team, cycle
        other.obligation = open_obligations().get(cycle=cycle)
        other.fill()
        other.send()
