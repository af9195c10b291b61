"""Who of the Sở may open, add and change what; nobody else gets in and nobody deletes."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse
from time_machine import travel

from accounts.models import Membership, Signer, User
from accounts.roles import DEPT_ROLES, Role, actor_for
from districts.models import Holiday, Theme, Unit
from notices.models import Heartbeat, Hold, Mail, MailText, Reminder, Rung, Touch
from proposals.models import Call, Proposal
from records.models import AuditEntry
from records.staff import RoleAdmin
from reports.models import Cycle, Indicator, Obligation, Programme, Report
from tests.factories import NOW, TODAY, make_specialist, make_team, make_unit, make_user

pytestmark = pytest.mark.django_db

PROGRAMMES = {Call, Cycle, Programme, Indicator}
NEVER = {Proposal, Report, Obligation, Mail, Reminder, Hold, Touch, Heartbeat, AuditEntry}
FIXED = {MailText}  # changed, never added: the portal says which there are
MAIL_READERS = {Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_LEADER, Role.DEPT_ADMIN}
READERS = {AuditEntry: {Role.DEPT_ADMIN}, Mail: MAIL_READERS, Reminder: MAIL_READERS}  # the others: everybody
PROJECT_APPS = {"accounts", "districts", "dossiers", "notices", "proposals", "records", "reports"}


def registered():
    return {model: one for model, one in admin.site._registry.items() if model._meta.app_label in PROJECT_APPS}


def editors(model):
    if model in NEVER:
        return set()
    if model in PROGRAMMES:
        return {Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_ADMIN}
    return {Role.DEPT_ADMIN}


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


def test_every_table_of_the_project_uses_the_role_mixin_inlines_included():
    assert {User, Unit, Signer, Theme, Holiday, Rung, *PROGRAMMES, *NEVER} <= set(registered())
    for one in registered().values():
        assert isinstance(one, RoleAdmin), one
        assert all(issubclass(inline, RoleAdmin) for inline in one.inlines), one
    assert Group not in admin.site._registry
    assert set(admin.site._registry) == set(registered())


@pytest.mark.parametrize("role", sorted(DEPT_ROLES))
def test_the_matrix_of_roles_and_tables(role):
    client = Client()
    user = make_specialist(role)
    client.force_login(user)
    request = RequestFactory().get("/")
    request.user, request.actor = user, actor_for(user, today=TODAY)
    for model, one in registered().items():
        may = role in editors(model)
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        reads = role in READERS.get(model, DEPT_ROLES)
        assert client.get(reverse(f"{name}_changelist")).status_code == (200 if reads else 403), model
        assert one.has_module_permission(request) is reads, model
        assert client.get(reverse(f"{name}_add")).status_code == (200 if may and model not in FIXED else 403), model
        assert one.has_change_permission(request) is may, model
        assert one.has_delete_permission(request) is False, model
        assert "delete_selected" not in one.get_actions(request), model


def test_a_change_by_hand_is_refused_to_viewers_and_kept_in_the_trail():
    theme = Theme.objects.create(code="moi-truong", name="Môi trường")
    url = reverse("admin:districts_theme_change", args=[theme.pk])
    values = {"code": "moi-truong", "name": "Bảo vệ môi trường", "order": "1", "active": "on"}
    reader, keeper = Client(), Client()
    reader.force_login(make_specialist(Role.DEPT_LEADER))
    keeper.force_login(make_specialist(Role.DEPT_ADMIN))

    assert reader.get(url).status_code == 200
    assert reader.post(url, values).status_code == 403
    assert keeper.post(url, values).status_code == 302
    theme.refresh_from_db()
    assert theme.name == "Bảo vệ môi trường"
    entry = AuditEntry.objects.get(action="admin.changed")
    assert entry.object_label == "Chủ đề: Bảo vệ môi trường"
    assert client_delete(keeper, theme) == 403


def client_delete(client, theme):
    return client.post(reverse("admin:districts_theme_delete", args=[theme.pk]), {"post": "yes"}).status_code


def test_people_of_units_and_visitors_do_not_get_in(client):
    drafter, *_ = make_team(make_unit())
    url = reverse("admin:index")

    assert client.get(url, follow=True).redirect_chain[-1][0].startswith(reverse("accounts:login"))
    client.force_login(drafter)
    response = client.get(url, follow=True)
    assert response.status_code == 403
    assert "Trang này dành cho cán bộ Sở Khoa học và Công nghệ." in response.text
    assert client.get(reverse("admin:accounts_user_changelist"), follow=True).status_code == 403


def test_an_ended_role_at_the_department_does_not_get_in(client):
    user = make_user()
    Membership.objects.create(user=user, role=Role.DEPT_ADMIN, valid_from="2025-07-01", valid_to="2026-11-22")
    client.force_login(user)

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize("role", sorted(DEPT_ROLES))
def test_one_mail_one_reminder_and_one_line_of_the_trail_by_role(role):
    client = Client()
    client.force_login(make_specialist(role))
    person = make_user()
    mail = Mail.objects.create(
        dedupe_key="k", kind="status", person=person, template="step", not_before=NOW, subject="Kín", text="Kín"
    )
    reminder = Reminder.objects.create(
        person=person, duty_key="report:1", due=TODAY, offset=0, title="Kín", planned_at=NOW, state="planned"
    )
    line = AuditEntry.objects.create(at=NOW, action="signin", object_label="Kín", ip="10.1.2.3")
    mails, admins = role in MAIL_READERS, role == Role.DEPT_ADMIN
    for url, may in (
        (reverse("admin:notices_mail_change", args=[mail.pk]), mails),
        (reverse("admin:notices_mail_html", args=[mail.pk]), mails),
        (reverse("admin:notices_mail_person", args=[person.pk]), mails),
        (reverse("admin:notices_why"), mails),
        (reverse("admin:notices_why_person", args=[person.pk]), mails),
        (reverse("admin:notices_reminder_change", args=[reminder.pk]), mails),
        (reverse("admin:records_auditentry_change", args=[line.pk]), admins),
    ):
        answer = client.get(url)
        assert answer.status_code == (200 if may else 403), url
        assert may or "10.1.2.3" not in answer.text
    state = client.get(reverse("admin:notices_heartbeat_changelist"))
    assert state.status_code == 200
    assert (reverse("admin:notices_why") in state.text) is mails


@pytest.mark.parametrize("role", sorted(DEPT_ROLES))
def test_the_catalogue_leads_only_where_one_may_go(role):
    client = Client()
    client.force_login(make_specialist(role))
    text = client.get(reverse("admin:catalogue")).text
    assert (reverse("admin:records_auditentry_changelist") in text) is (role == Role.DEPT_ADMIN)
    assert (reverse("admin:notices_mail_changelist") in text) is (role in MAIL_READERS)
