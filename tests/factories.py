"""Factories that say it in one word. Dates hang on ``TODAY``, never on the real clock."""

import datetime as dt
import itertools

from django.utils import timezone

from accounts.models import Membership, Signer, User
from accounts.roles import Role, actor_for
from districts.models import Theme, Unit
from dossiers.models import Round
from proposals.models import Call
from reports.models import Cycle, Indicator, Obligation, Programme

TODAY = dt.date(2026, 11, 23)  # a Monday
_numbers = itertools.count(1)


def moment(day=TODAY, hour=9, minute=0, second=0):
    """An aware local moment."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute, second)))


NOW = moment()


def make_unit(name="Xã Ứng Hòa", *, code=None, valid_from=dt.date(2025, 7, 1), valid_to=None):
    kind = next(kind for kind in ("Phường", "Xã", "Quận", "Huyện", "Thị xã") if name.startswith(kind))
    return Unit.objects.create(
        code=code or f"{next(_numbers):05d}", name=name, kind=kind, valid_from=valid_from, valid_to=valid_to
    )


def make_units(count):
    return [make_unit(f"Xã Số {number}") for number in range(1, count + 1)]


def make_user(*roles, unit=None, username=None, full_name=None, email=None, room="", since=dt.date(2025, 7, 1)):
    """A person with the given roles at ``unit`` (or at the Sở)."""
    number = next(_numbers)
    username = username or f"nguoi{number:05d}"  # in the order they were made, also past the hundredth
    user = User(
        username=username,
        full_name=full_name or f"Người Thứ {number:05d}",
        email=f"{username}@example.vn" if email is None else email,
    )
    user.set_password("mat-khau-dung-thu")
    user.save()
    for role in roles:
        Membership.objects.create(user=user, unit=unit, role=role, room=room, valid_from=since)
    return user


def make_team(unit):
    """Drafter, leader and clerk of a unit."""
    return (
        make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn"),
        make_user(Role.UNIT_LEADER, unit=unit, full_name="Lê Văn Chủ"),
        make_user(Role.UNIT_CLERK, unit=unit, full_name="Phạm Thị Thư"),
    )


def make_specialist(role=Role.DEPT_SPECIALIST, **kwargs):
    kwargs.setdefault("full_name", "Nguyễn Minh Anh")
    return make_user(role, room="Phòng Quản lý khoa học", **kwargs)


def actor(user, today=TODAY):
    return actor_for(user, today=today)


def make_theme(name="Bảo vệ môi trường", code=None):
    theme, _ = Theme.objects.get_or_create(code=code or name[:20], defaults={"name": name, "order": 1})
    return theme


def make_round(kind=Round.Kind.PROPOSAL, *, title=None, opens_on=None, due_on=None, **fields):
    due_on = due_on or TODAY + dt.timedelta(days=24)
    return Round.objects.create(
        kind=kind,
        title=title or "Đợt đề xuất nhiệm vụ KH&CN năm 2027",
        opens_on=opens_on or TODAY - dt.timedelta(days=20),
        due_on=due_on,
        **fields,
    )


def make_call(*, plan_year=2027, themes=(), **round_fields):
    round_fields.setdefault("locks_on", round_fields.get("due_on") or TODAY + dt.timedelta(days=24))
    call = Call.objects.create(round=make_round(Round.Kind.PROPOSAL, **round_fields), plan_year=plan_year)
    call.themes.set(themes)
    return call


def make_programme(*, number="KH 139/KH-UBND", indicators=3):
    programme, made = Programme.objects.get_or_create(
        number=number, defaults={"name": "Chương trình mẫu", "year_from": 2026}
    )
    if made:
        for index in range(1, indicators + 1):
            Indicator.objects.create(
                programme=programme,
                code=f"{index}.1",
                name=f"Chỉ tiêu số {index}",
                group=f"Nhóm {index}",
                unit_of_measure="mô hình",
                order=index,
            )
    return programme


def make_cycle(*, programme=None, year=2026, kind=Cycle.Kind.YEAR, units=(), code_stem=None, **round_fields):
    """A cycle; with ``units`` it is already open and each of them owes a report."""
    round_fields.setdefault("title", f"Báo cáo năm {year}")
    round = make_round(Round.Kind.REPORT, **round_fields)
    programme = programme or make_programme()
    if Cycle.objects.filter(programme=programme, kind=kind, year=year).exists():  # one cycle per programme and period
        programme = make_programme(number=f"KH {next(_numbers)}/KH-UBND")
    cycle = Cycle.objects.create(
        round=round,
        programme=programme,
        kind=kind,
        year=year,
        code_stem=code_stem or f"{year}-N{next(_numbers)}",
        period_start=dt.date(year - 1, 12, 15),
        cutoff=dt.date(year, 12, 14),
        opened_at=NOW if units else None,
    )
    for unit in units:
        Obligation.objects.create(
            cycle=cycle, unit=unit, responsible=unit, due_on=round.due_on, counted_until=round.due_on
        )
    return cycle


def make_signer(unit, **fields):
    values = {"full_name": "Lê Văn Chủ", "post": "Chủ tịch", "authority": "TM", "valid_from": dt.date(2025, 7, 1)}
    return Signer.objects.create(unit=unit, **(values | fields))


def pdf_bytes(text="ban ky so"):
    """A small real PDF."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"% " + text.encode() + b"\ntrailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n"
    )
    return body
