"""Every cell of both process tables: the door lets a role take a step from a status if and only if the table says so.

The door runs for real on one dossier; the kind around the table is a plain one, because what the forms demand is
tested with the forms.
"""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.roles import DEPT_ROLES, UNIT_ROLES, Role
from dossiers import kinds
from dossiers.door import take_step
from dossiers.letters import LetterDraft
from dossiers.models import Dossier, Letter, Round
from dossiers.process import Note, Turn
from dossiers.refusals import StepRefused
from proposals.process import PROCESS as PROPOSALS
from records.models import StoredFile
from reports.process import PROCESS as REPORTS
from tests import factories as make

PROCESSES = {"proposal": PROPOSALS, "report": REPORTS}
CELL_ROWS = [(name, step.action) for name, process in PROCESSES.items() for step in process.steps]


class PlainKind(kinds.DossierKind):
    """The table and nothing else."""

    label = "Hồ sơ"

    def __init__(self, process):
        self.process, self.code = process, f"law-{process.kind}"

    def snapshot(self, dossier):
        return {"title": dossier.title}

    def new_code(self, dossier):
        return f"L-{dossier.pk}"

    def path(self, dossier):
        return f"/luat/{dossier.pk}/"

    admin_path = path


@pytest.fixture
def known_kinds():
    before = dict(kinds._kinds)
    for process in PROCESSES.values():
        kinds.register(PlainKind(process))
    yield
    kinds._kinds.clear()
    kinds._kinds.update(before)


@pytest.fixture
def people(db):
    """(label, role or None, actor, at the holder) for every role, a stranger of another unit, and nobody's role."""
    holder, other = make.make_unit("Xã Ứng Hòa"), make.make_unit("Xã Vân Đình")
    rows = [(role, role, make.make_user(role, unit=holder)) for role in Role if role in UNIT_ROLES]
    rows += [(role, role, make.make_user(role)) for role in Role if role in DEPT_ROLES]
    rows += [("other unit", None, make.make_user(*UNIT_ROLES, unit=other)), ("no role", None, make.make_user())]
    return holder, [(label, role, make.actor(user)) for label, role, user in rows]


def make_dossier(kind, holder, user):
    round_kind = Round.Kind.PROPOSAL if kind.process is PROPOSALS else Round.Kind.REPORT
    return Dossier.objects.create(
        kind=kind.code,
        round=make.make_round(round_kind),
        unit=holder,
        holder=holder,
        title="Hồ sơ thử bảng quy trình",
        status=kind.process.initial,
        turn=Turn.UNIT,
        created_by=user,
    )


def values_for(step):
    samples = {"date": make.TODAY, "money": Decimal("1.5"), "integer": 1}
    return {f.name: f.choices[0][0] if f.kind == "choice" else samples.get(f.kind, "có") for f in step.fields}


def letter_for(dossier, user):
    stored = StoredFile.objects.create(
        file="luat.pdf",
        original_name="luat.pdf",
        size=1,
        sha256="0" * 64,
        content_type="application/pdf",
        uploaded_by=user,
        uploaded_at=make.NOW,
    )
    letter = Letter.objects.create(
        unit=dossier.holder,
        number="1/UBND",
        issued_on=make.TODAY,
        signer_text="Chủ tịch",
        file=stored,
        recorded_by=user,
        recorded_at=make.NOW,
    )
    return LetterDraft(letter)


def try_step(dossier, step, actor):
    """The event, or None when refused. What is written is taken back."""
    outcome = None
    try:
        with transaction.atomic():
            event = take_step(
                dossier=dossier,
                action=step.action,
                actor=actor,
                version=0,
                now=make.NOW,
                note="Lý do" if step.note != Note.NONE else "",
                data=values_for(step),
                due_on=make.TODAY + dt.timedelta(days=7) if step.reply_date else None,
                letter=letter_for(dossier, actor.user) if step.letter else None,
            )
            now_there = Dossier.objects.get(pk=dossier.pk)
            outcome = (event.after, now_there.status, now_there.turn, now_there.version)
            transaction.set_rollback(True)
    except StepRefused:
        return None
    return outcome


@pytest.mark.parametrize(("name", "action"), CELL_ROWS, ids=[f"{n}-{a}" for n, a in CELL_ROWS])
def test_door_allows_exactly_what_the_table_says(name, action, known_kinds, people):
    process, (holder, actors) = PROCESSES[name], people
    step, kind = process.step(action), kinds.get(f"law-{name}")
    dossier = make_dossier(kind, holder, actors[0][2].user)
    wrong = []
    for status in process.statuses:
        Dossier.objects.filter(pk=dossier.pk).update(status=status.code, turn=status.turn, version=0)
        fresh = Dossier.objects.select_related("holder", "unit").get(pk=dossier.pk)
        for label, role, actor in actors:
            told = role in step.roles and status.code in step.sources
            outcome = try_step(fresh, step, actor)
            target = (step.target, step.target, process.status(step.target).turn, 1)
            if outcome != (target if told else None):
                wrong.append(f"{status.label} · {step.label} · {label}: {outcome}")
    assert wrong == []


@pytest.mark.once
@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
class TestTable:
    """Properties a reader may rely on."""

    def test_codes_and_actions_are_unique(self, process):
        codes, actions = [s.code for s in process.statuses], [s.action for s in process.steps]
        assert len(codes) == len(set(codes))
        assert len(actions) == len(set(actions))

    def test_sources_and_targets_are_known(self, process):
        known = {status.code for status in process.statuses}
        assert {code for step in process.steps for code in (*step.sources, step.target)} <= known
        assert process.initial in known

    def test_every_status_is_reachable(self, process):
        reached, waiting = set(), {process.initial}
        while waiting:
            code = waiting.pop()
            reached.add(code)
            waiting |= {step.target for step in process.steps_from(code)} - reached
        assert reached == {status.code for status in process.statuses}

    def test_who_has_the_turn_can_move_and_an_ended_dossier_rests(self, process):
        """Turn "city" is moved by the Sở, which records what the city decided."""
        sides = {Turn.UNIT: UNIT_ROLES, Turn.DEPARTMENT: DEPT_ROLES, Turn.CITY: DEPT_ROLES}
        for status in process.statuses:
            roles = frozenset().union(*(step.roles for step in process.steps_from(status.code)))
            if status.turn in sides:
                assert roles & sides[status.turn], status.label

    def test_every_role_of_a_step_exists_and_readers_take_none(self, process):
        for step in process.steps:
            assert step.roles and step.roles <= frozenset(Role)
            assert not step.roles & {Role.UNIT_READER, Role.DEPT_READER, Role.DEPT_ADMIN}, step.label

    def test_going_back_demands_a_reason(self, process):
        """Whoever gives work back to somebody else says why."""
        editable = set(process.editable)
        for step in process.steps:
            back = step.target in editable and not set(step.sources) <= editable and "take_back" not in step.action
            if back and step.action != "record_on_paper":
                assert step.note == Note.REQUIRED, step.label

    def test_only_sendings_leave_the_unit_for_the_department(self, process):
        for step in process.steps:
            if step.sends:
                assert step.freezes and step.checks and step.roles <= UNIT_ROLES, step.label
                assert process.status(step.target).turn == Turn.DEPARTMENT
            if step.letter:
                assert step.sends, step.label
