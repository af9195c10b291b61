"""A unit keeps its own people and signers (practice.md 4, 15). Rows are ended by date, never deleted."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Membership, Signer, User
from accounts.roles import YES, Role, Verdict
from records.audit import audit
from records.dates import format_date

PEOPLE_KEEPERS = frozenset({Role.UNIT_LEADER})
SIGNER_KEEPERS = frozenset({Role.UNIT_LEADER, Role.UNIT_CLERK})
_PERSON_FIELDS = ("full_name", "post", "phone")


class UpkeepRefused(Exception):
    """``str()`` is the sentence for the page."""


def may_keep_people(actor, unit_id) -> Verdict:
    """The unit's leader keeps its people; the administrator of the Sở may step in."""
    if actor.is_admin or actor.roles_for(unit_id) & PEOPLE_KEEPERS:
        return YES
    return Verdict(False, "Thêm, kết thúc vai trò do lãnh đạo đơn vị thực hiện.")


def may_keep_signers(actor, unit_id) -> Verdict:
    """Leader and clerk keep the signers."""
    if actor.is_admin or actor.roles_for(unit_id) & SIGNER_KEEPERS:
        return YES
    return Verdict(False, "Danh sách người ký do lãnh đạo hoặc văn thư đơn vị cập nhật.")


def add_person(*, unit, details, actor, now) -> Membership:
    """Give a person a role at ``unit`` from–to; somebody with a known e-mail keeps the one account he has.

    ``details``: full_name, email, post, phone, role, room, valid_from, valid_to. Writes the trail; the mail is
    the caller's. Raises ``UpkeepRefused``.
    """
    _demand(may_keep_people(actor, unit.pk))
    if details["role"] not in (Role.UNIT_DRAFTER, Role.UNIT_LEADER, Role.UNIT_CLERK, Role.UNIT_READER):
        raise UpkeepRefused("Đơn vị chỉ giao vai trò của đơn vị. Chọn một vai trò trong danh sách.")
    try:
        with transaction.atomic():
            user = _person(details)
            _refuse_double(user, unit, details)
            row = Membership.objects.create(
                user=user, unit=unit, **{name: details[name] for name in ("role", "room", "valid_from", "valid_to")}
            )
            audit(action="membership.added", actor=actor.user, now=now, label=f"{user} – {row}")
    except IntegrityError as error:
        raise UpkeepRefused("Vừa có người thêm cùng nội dung này. Tải lại trang để xem.") from error
    return row


def end_membership(*, membership, last_day, actor, today, now) -> None:
    """Let a role end after ``last_day``. Raises ``UpkeepRefused``; nobody takes the last leader's role himself."""
    _demand(may_keep_people(actor, membership.unit_id))
    _check_last_day(membership, last_day, today)
    own = membership.user_id == actor.user.pk and membership.role == Role.UNIT_LEADER and not actor.is_admin
    if own and not _another_leader(membership, last_day):
        raise UpkeepRefused("Ông/bà là lãnh đạo duy nhất của đơn vị trên hệ thống. Thêm người thay trước khi kết thúc.")
    _end(membership, last_day, today)
    audit(
        action="membership.ended",
        actor=actor.user,
        now=now,
        label=f"{membership.user} – {membership}",
        detail={"valid_to": last_day.isoformat()},
    )


def add_signer(*, unit, details, actor, now) -> Signer:
    """Add a signer of the unit's papers. Raises ``UpkeepRefused``."""
    _demand(may_keep_signers(actor, unit.pk))
    with transaction.atomic():
        signer = Signer.objects.create(unit=unit, **details)
        audit(action="signer.added", actor=actor.user, now=now, label=f"{unit}: {signer}")
    return signer


def end_signer(*, signer, last_day, actor, today, now) -> None:
    """Let a right to sign end after ``last_day``. Raises ``UpkeepRefused``."""
    _demand(may_keep_signers(actor, signer.unit_id))
    _check_last_day(signer, last_day, today)
    _end(signer, last_day, today)
    audit(
        action="signer.ended",
        actor=actor.user,
        now=now,
        label=f"{signer.unit}: {signer}",
        detail={"valid_to": last_day.isoformat()},
    )


def _demand(verdict):
    if not verdict:
        raise UpkeepRefused(verdict.reason)


def _person(details):
    found = list(User.objects.filter(Q(email__iexact=details["email"]) | Q(username__iexact=details["email"]))[:2])
    if not found:
        user = User(username=details["email"], email=details["email"], **{n: details[n] for n in _PERSON_FIELDS})
        user.set_unusable_password()
        user.save()
        return user
    user = found[0]
    if len(found) > 1 or not user.is_active or user.memberships.filter(unit=None).exists():
        raise UpkeepRefused(
            "Địa chỉ thư điện tử này không dùng được cho đơn vị. Dùng địa chỉ khác hoặc gọi Sở để kiểm tra."
        )
    return user


def _refuse_double(user, unit, details):
    same = user.memberships.filter(unit=unit, role=details["role"]).filter(
        Q(valid_to=None) | Q(valid_to__gte=details["valid_from"])
    )
    if details["valid_to"]:
        same = same.filter(valid_from__lte=details["valid_to"])
    if row := same.first():
        until = f" đến hết {format_date(row.valid_to)}" if row.valid_to else ""
        raise UpkeepRefused(f"{user} đã có vai trò “{row.get_role_display()}” tại {unit}{until}.")


def _check_last_day(row, last_day, today):
    first = max(row.valid_from, today - dt.timedelta(days=1))
    if last_day < first:
        raise UpkeepRefused(f"Ngày cuối cùng sớm nhất nhận được là {format_date(first)}.")


def _end(row, last_day, today):
    """Conditional, so that two people ending the same row do not lengthen it by turns."""
    rows = type(row).objects.filter(pk=row.pk).filter(Q(valid_to=None) | Q(valid_to__gte=today, valid_to__gt=last_day))
    if not rows.update(valid_to=last_day):
        row.refresh_from_db()
        raise UpkeepRefused(f"Đã có ngày kết thúc: {format_date(row.valid_to)}. Tải lại trang để xem.")
    row.valid_to = last_day


def _another_leader(membership, last_day):
    later = last_day + dt.timedelta(days=1)
    others = Membership.objects.valid_on(later).filter(
        unit_id=membership.unit_id, role=Role.UNIT_LEADER, user__is_active=True
    )
    return others.exclude(user_id=membership.user_id).exists()
