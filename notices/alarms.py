"""Alarms go out by SMTP at once, past queue and outbox: those may be what is broken."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils import timezone

from accounts.people import department_people
from accounts.roles import Role
from notices.models import Alarm
from records.text import clean_line

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What one run told. ``error``: the mail server took nothing, nothing counts as told."""

    new: tuple = ()
    over: tuple = ()
    error: str = ""


def tell(problems, *, now) -> Told:
    """Mail the administrators about problems not told within ``WATCH_REPEAT_HOURS``, and about those that are over.

    Any number of processes may run it at once: who moves ``told_at`` tells. What no mail server takes is due again
    in the next run.
    """
    _note(problems, now)
    codes = [problem.code for problem in problems]
    new = [problem for problem in problems if _take(problem.code, now)]
    over = list(Alarm.objects.exclude(code__in=codes).filter(ended_at=None))
    over = [alarm for alarm in over if Alarm.objects.filter(pk=alarm.pk, ended_at=None).update(ended_at=now)]
    told_over = [alarm for alarm in over if alarm.told]
    if not new and not told_over:
        return Told()
    error = send_now(*_text(new, told_over, now), to=addresses(today=timezone.localtime(now).date()))
    if error:
        Alarm.objects.filter(code__in=[problem.code for problem in new]).update(told_at=None, told=False)
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in told_over]).update(ended_at=None)
    return Told(tuple(new), tuple(told_over), error)


def addresses(*, today) -> list:
    """Administrators of the portal with an address, then those of ALARM_ADDRESSES; each once."""
    people = department_people(today=today, roles=[Role.DEPT_ADMIN]).exclude(email="")
    return list(dict.fromkeys([*people.values_list("email", flat=True), *settings.ALARM_ADDRESSES]))


def send_now(subject, text, *, to) -> str:
    """One mail to each of ``to`` over one connection; returns what kept all of them back, else nothing."""
    if not to:
        return "Chưa có quản trị viên nào có địa chỉ e-mail; đặt ALARM_ADDRESSES."
    taken, error = 0, ""
    try:
        with get_connection() as connection:
            for address in to:
                try:
                    taken += connection.send_messages([EmailMessage(clean_line(subject), text, to=[address])]) or 0
                except Exception as refused:  # one wrong address must not keep the alarm from the others
                    error = f"{type(refused).__name__}: {refused}"
    except Exception as away:  # closing may fail too, after all has been taken
        error = error or f"{type(away).__name__}: {away}"
    if error:
        log.warning("An alarm did not reach everybody: %s", error)
    return "" if taken else error


def _note(problems, now):
    """Every problem has a row; one that comes back begins anew."""
    rows = [Alarm(code=problem.code, since=now) for problem in problems]
    Alarm.objects.bulk_create(rows, ignore_conflicts=True)
    for problem in problems:
        mine = Alarm.objects.filter(code=problem.code)
        mine.exclude(ended_at=None).update(since=now, ended_at=None, told=False)
        mine.update(words=problem.words)


def _take(code, now) -> bool:
    due = Q(told_at=None) | Q(told_at__lte=now - dt.timedelta(hours=settings.WATCH_REPEAT_HOURS))
    return bool(Alarm.objects.filter(due, code=code).update(told_at=now, told=True))


def _text(new, over, now):
    subject = f"Cảnh báo: {new[0].words}" if new else "Đã hết sự cố của Cổng"
    if len(new) > 1:
        subject = f"Cảnh báo: {len(new)} sự cố của Cổng, trước hết: {new[0].words}"
    lines = [f"Lúc {timezone.localtime(now):%H:%M ngày %d/%m/%Y}, {settings.SITE_URL}", ""]
    for problem in new:
        lines += [f"- {problem.words}", f"  Việc cần làm: {problem.todo}", ""]
    lines += [f"- Đã hết: {alarm.words} (từ {timezone.localtime(alarm.since):%H:%M %d/%m/%Y})" for alarm in over]
    lines += ["", f"Mỗi sự cố được báo nhiều nhất một lần trong {settings.WATCH_REPEAT_HOURS:g} giờ."]
    return f"[Cổng KH&CN] {subject}"[:250], "\n".join(lines) + "\n"
