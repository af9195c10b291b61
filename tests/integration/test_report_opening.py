"""Who owes a report, by when, and how an obligation ends."""

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.roles import Role
from districts.loading import load_themes
from districts.models import Holiday
from dossiers.refusals import StepRefused
from notices.duties import open_duties, open_keys
from reports.filing import start_report
from reports.kind import record_paper
from reports.loading import load_programmes, make_cycle
from reports.models import Cycle, Indicator, Obligation, Programme
from reports.opening import close_obligation, move_responsibility, open_cycles, reschedule
from reports.tasks import open_cycles_task
from tests import factories as make

pytestmark = pytest.mark.django_db


def year_cycle(**fields):
    return make_cycle(programme=make.make_programme(), kind=Cycle.Kind.YEAR, year=2026, **fields)


def test_a_cycle_opens_once_with_the_units_of_its_cut_off_day():
    ward = make.make_unit("Phường Ba Đình")
    make.make_unit("Huyện Ứng Hòa", valid_from=None, valid_to=dt.date(2025, 6, 30))
    make.make_unit("Xã Tương Lai", valid_from=dt.date(2027, 1, 1))
    cycle = year_cycle()

    assert open_cycles(now=make.moment(dt.date(2026, 11, 13))) == 0
    assert open_cycles(now=make.NOW) == 1
    assert open_cycles(now=make.NOW) == 0
    cycle.refresh_from_db()
    obligation = Obligation.objects.get()
    assert (obligation.unit, obligation.responsible) == (ward, ward)
    assert (obligation.due_on, obligation.counted_until) == (dt.date(2026, 12, 17),) * 2
    assert cycle.opened_at == make.NOW


def test_periods_up_to_june_2025_belong_to_the_districts():
    make.make_unit("Phường Ba Đình")
    district = make.make_unit("Quận Ba Đình", valid_from=None, valid_to=dt.date(2025, 6, 30))
    make_cycle(programme=make.make_programme(), kind=Cycle.Kind.HALF, year=2025)

    open_cycles(now=make.NOW)

    assert list(Obligation.objects.values_list("unit", flat=True)) == [district.pk]


def test_a_cycle_without_units_stays_unopened():
    cycle = year_cycle()

    assert open_cycles(now=make.NOW) == 0
    cycle.refresh_from_db()
    assert cycle.opened_at is None


def test_due_day_moves_past_days_off_and_grace_counts():
    make.make_unit()
    Holiday.objects.create(day=dt.date(2026, 12, 17), name="Nghỉ thử", kind=Holiday.Kind.HOLIDAY)
    year_cycle(round_fields={"grace_until": dt.date(2026, 12, 21)})

    open_cycles(now=make.NOW)

    obligation = Obligation.objects.get()
    assert (obligation.due_on, obligation.counted_until) == (dt.date(2026, 12, 18), dt.date(2026, 12, 21))


def test_reschedule_moves_open_obligations_only():
    units = make.make_units(2)
    cycle = make.make_cycle(units=units)
    Obligation.objects.filter(unit=units[0]).update(first_sent_at=make.NOW)
    old = cycle.round.due_on
    cycle.round.due_on = dt.date(2026, 12, 23)
    cycle.round.save()

    assert reschedule(cycle=cycle, now=make.NOW) == 1
    assert Obligation.objects.get(unit=units[0]).due_on == old
    assert Obligation.objects.get(unit=units[1]).due_on == dt.date(2026, 12, 23)


def test_an_obligation_ends_with_a_reason_and_by_the_department_only():
    unit = make.make_unit()
    obligation = make.make_cycle(units=[unit]).obligations.get()
    drafter = make.actor(make.make_user(Role.UNIT_DRAFTER, unit=unit))
    head = make.actor(make.make_specialist())
    close = {"obligation": obligation, "reason": "Đơn vị kết thúc hoạt động, NQ 12/NQ-HĐND", "now": make.NOW}

    with pytest.raises(StepRefused):
        close_obligation(**close, actor=drafter)
    with pytest.raises(StepRefused, match="Nhập lý do"):
        close_obligation(**close | {"reason": " "}, actor=head)
    assert close_obligation(**close, actor=head).closed_at == make.NOW
    with pytest.raises(StepRefused, match="không còn mở"):
        close_obligation(**close, actor=head)
    assert open_keys([f"report:{obligation.pk}"], now=make.NOW) == set()


def test_a_successor_takes_over_an_obligation_without_report():
    old, new = make.make_unit("Xã Cũ"), make.make_unit("Xã Mới")
    obligation = make.make_cycle(units=[old]).obligations.get()
    head = make.actor(make.make_specialist())

    move_responsibility(obligation=obligation, to_unit=new, resolution="NQ 12", actor=head, now=make.NOW)
    assert [duty.unit_id for duty in open_duties(now=make.NOW)] == [new.pk]

    drafter = make.actor(make.make_user(Role.UNIT_DRAFTER, unit=new))
    start_report(obligation=obligation, actor=drafter, now=make.NOW)
    with pytest.raises(StepRefused, match="bàn giao hồ sơ"):
        move_responsibility(obligation=obligation, to_unit=old, resolution="NQ 13", actor=head, now=make.NOW)


def test_paper_received_closes_the_duty_even_when_the_portal_is_empty():
    unit = make.make_unit()
    obligation = make.make_cycle(units=[unit]).obligations.get()
    clerk = make.actor(make.make_specialist(Role.DEPT_CLERK))
    paper = {"obligation": obligation, "arrival_number": "1234", "arrival_date": make.TODAY, "actor": clerk}

    event = record_paper(**paper, now=make.NOW)

    obligation.refresh_from_db()
    assert (obligation.paper_number, obligation.paper_on, obligation.days_late) == ("1234", make.TODAY, 0)
    assert event.dossier.on_paper_at and obligation.first_sent_at is None
    assert not [duty for duty in open_duties(now=make.NOW) if duty.kind == "report"]
    with pytest.raises(StepRefused):
        record_paper(**paper | {"arrival_number": "9"}, now=make.NOW)


def test_paper_from_the_future_leaves_nothing_behind():
    obligation = make.make_cycle(units=[make.make_unit()]).obligations.get()
    clerk = make.actor(make.make_specialist(Role.DEPT_CLERK))

    with pytest.raises(StepRefused, match="sau hôm nay"):
        record_paper(
            obligation=obligation, arrival_number="1", arrival_date=dt.date(2999, 1, 1), actor=clerk, now=make.NOW
        )
    obligation.refresh_from_db()
    assert not hasattr(obligation, "report") and obligation.paper_on is None


def test_the_loader_runs_twice_and_keeps_what_the_department_edited(capsys):
    load_themes()
    call_command("load_programmes")
    Indicator.objects.filter(code="1.1").update(name="Sở đã sửa", is_sample=False)

    assert load_programmes() == {"chương trình": 0, "chỉ tiêu": 0}
    assert Indicator.objects.filter(name="Sở đã sửa").count() == 2
    programme = Programme.objects.get(number="07-CTr/TU")
    assert programme.is_sample and programme.indicators.count() == 22
    assert not programme.indicators.filter(theme=None).exists()


def test_command_and_task_open_too(capsys, time_machine):
    time_machine.move_to(make.NOW, tick=False)
    make.make_unit()
    year_cycle()

    call_command("open_cycles")
    assert "đã mở 1 kỳ" in capsys.readouterr().out
    assert open_cycles_task() == 0
