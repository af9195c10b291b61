"""Roles by date: who somebody is today."""

import datetime as dt

import pytest

from accounts.models import Membership, Signer
from accounts.roles import DEPT_ROLES, UNIT_ROLES, Role, actor_for
from tests import factories as make
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def member(user, role, unit, start=TODAY - 30 * DAY, end=None):
    return Membership.objects.create(user=user, unit=unit, role=role, valid_from=start, valid_to=end)


def test_every_role_is_of_a_unit_or_of_the_department():
    assert frozenset(Role) == UNIT_ROLES | DEPT_ROLES
    assert not UNIT_ROLES & DEPT_ROLES


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - DAY, TODAY - DAY, False),
        (TODAY + DAY, None, False),
    ],
)
def test_a_role_counts_on_its_first_and_last_day(start, end, counts):
    unit, user = make.make_unit(), make.make_user()
    member(user, Role.UNIT_DRAFTER, unit, start, end)
    assert actor_for(user, today=TODAY).can_write_for(unit.pk) is counts


def test_inactive_people_have_no_roles():
    unit = make.make_unit()
    user = make.make_user(Role.UNIT_LEADER, unit=unit)
    user.is_active = False
    actor = actor_for(user, today=TODAY)
    assert not actor.unit_roles and not actor.dept_roles and actor.unit is None


def test_a_role_at_one_unit_is_worth_nothing_at_another():
    mine, other = make.make_units(2)
    actor = actor_for(make.make_user(Role.UNIT_LEADER, unit=mine), today=TODAY)
    assert actor.roles_for(other.pk) == frozenset()
    assert not actor.can_write_for(other.pk)


def test_department_roles_count_everywhere_but_do_not_write_for_units():
    unit = make.make_unit()
    actor = actor_for(make.make_specialist(), today=TODAY)
    assert actor.roles_for(unit.pk) == {Role.DEPT_SPECIALIST}
    assert actor.is_department and not actor.can_write_for(unit.pk)


def test_readers_do_not_write():
    unit = make.make_unit()
    assert not actor_for(make.make_user(Role.UNIT_READER, unit=unit), today=TODAY).can_write_for(unit.pk)


def test_the_unit_worked_for_is_the_one_wished_or_the_first_by_name():
    second, first = make.make_unit("Xã Vân Đình"), make.make_unit("Xã Ứng Hòa")
    foreign, user = make.make_unit("Xã Hòa Xá"), make.make_user()
    member(user, Role.UNIT_DRAFTER, second)
    member(user, Role.UNIT_LEADER, first)
    assert actor_for(user, today=TODAY).unit == first
    assert actor_for(user, today=TODAY, unit_id=second.pk).unit == second
    assert actor_for(user, today=TODAY, unit_id=foreign.pk).unit == first
    assert actor_for(user, today=TODAY).role_label == "Lãnh đạo đơn vị"


@pytest.mark.parametrize(
    ("authority", "post", "lines"),
    [
        ("TM", "Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        ("KT", "Phó Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ("Q", "Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "Q. CHỦ TỊCH"]),
    ],
)
def test_lines_above_the_signature(authority, post, lines):
    assert Signer(full_name="Lê Văn Chủ", post=post, authority=authority).signature_lines == lines
