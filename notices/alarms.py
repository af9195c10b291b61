"""Alarms go out by SMTP at once, past queue and outbox: those may be what is broken."""

import contextlib
import datetime as dt
import logging
import smtplib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError
from django.db.models import F, Q
from django.utils import timezone

from accounts.people import department_people
from accounts.roles import Role
from notices.models import Alarm
from records.text import clean_line

log = logging.getLogger(__name__)
STAMP = "watch-database-told"  # file: when ALARM_ADDRESSES were last told that the database is away
# How long a telling is left alone after its last address; less than the minute between two rounds.
SENDING = dt.timedelta(seconds=45)


@dataclass(frozen=True)
class Told:
    """What one run told. ``error``: the mail server took nothing, nothing counts as told."""

    new: tuple = ()
    over: tuple = ()
    error: str = ""


def tell(problems, *, now) -> Told:
    """Mail the administrators about problems not told within ``WATCH_REPEAT_HOURS``, and about those that are over.

    An alarm is noted as being told, mailed, then noted as told. Any number of processes may run this at once: who
    notes it tells, and renews its note before each address: behind a slow mail server it must not be taken for dead.
    What no mail server takes, and what a process that died had noted only, is told by the next round.
    So a death right after the server's answer doubles an alarm: better than losing one.
    """
    _note(problems, now)
    begun = {problem.code: was for problem in problems if (was := _take(problem.code, now))}
    over = [alarm for alarm in _ended(problems, now) if _take_end(alarm, now)]
    if not begun and not over:
        return Told()
    new = [problem for problem in problems if problem.code in begun]
    note = _Note(list(begun.values()), over, now)
    to = addresses(today=timezone.localtime(now).date())
    error = send_now(*_text(new, over, now), to=to, before_each=note.renew)
    note.take_back() if error else note.settle()
    return Told(tuple(new), tuple(over), error)


def tell_without_database(words, *, now):
    """Mail ``ALARM_ADDRESSES`` that the database is away, as often as any other alarm: a file keeps the moment.

    Where none can be kept they are told each time: better than never.
    """
    if not settings.ALARM_ADDRESSES or _told_without_database(now):
        return
    subject = "[Cổng KH&CN] Cảnh báo: cơ sở dữ liệu không trả lời"
    text = f"{words}\n\nSự cố này được báo nhiều nhất một lần trong {settings.WATCH_REPEAT_HOURS:g} giờ.\n"
    if send_now(subject, text, to=settings.ALARM_ADDRESSES):
        return  # no server took it: the next round tries again
    try:
        Path(settings.DATA_DIR, STAMP).write_text(now.isoformat(), encoding="ascii")
    except OSError as error:
        log.warning("No file can keep when the alarm was told, it comes again each time: %s", error)


def _told_without_database(now) -> bool:
    try:
        at = dt.datetime.fromisoformat(Path(settings.DATA_DIR, STAMP).read_text(encoding="ascii").strip())
        return dt.timedelta() <= now - at < _repeat()
    except (OSError, ValueError, TypeError):  # no file, or none of ours
        return False


def addresses(*, today) -> list:
    """Administrators of the portal with an address, then those of ALARM_ADDRESSES; each once."""
    people = department_people(today=today, roles=[Role.DEPT_ADMIN]).exclude(email="")
    return list(dict.fromkeys([*people.values_list("email", flat=True), *settings.ALARM_ADDRESSES]))


def send_now(subject, text, *, to, before_each=lambda: None) -> str:
    """One mail to each of ``to`` over one connection; returns what kept all of them back, else nothing."""
    if not to:
        return "Chưa có quản trị viên nào có địa chỉ thư điện tử; đặt ALARM_ADDRESSES."
    taken, error = 0, ""
    try:
        with get_connection() as connection:
            for address in to:
                before_each()
                try:
                    taken += connection.send_messages([EmailMessage(clean_line(subject), text, to=[address])]) or 0
                except Exception as refused:  # one wrong address must not keep the alarm from the others
                    error = f"{type(refused).__name__}: {refused}"
                    with contextlib.suppress(smtplib.SMTPException, OSError):
                        connection.close()  # nor a broken line: Django would go on speaking over it
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


def _repeat() -> dt.timedelta:
    return dt.timedelta(hours=settings.WATCH_REPEAT_HOURS)


def _take(code, now) -> Alarm | None:
    """Note that it is being told; returns the row as it was, ``None`` when nothing is owed or another is at it.

    Being told and not yet told is what ``told_at`` of this occurrence without ``told`` says.
    """
    was = Alarm.objects.get(code=code)
    unfinished = Q(told=False, told_at__gte=F("since"), told_at__lte=now - SENDING)
    due = Q(told_at=None) | Q(told_at__lte=now - _repeat()) | unfinished
    return was if Alarm.objects.filter(due, code=code).update(told_at=now, told=False) else None


def _ended(problems, now) -> list:
    """Alarms whose problem is over, and those whose end a process that died had noted only."""
    unfinished = Q(told=True, ended_at__lte=now - SENDING, ended_at__gt=now - _repeat())
    return list(Alarm.objects.filter(Q(ended_at=None) | unfinished).exclude(code__in=[one.code for one in problems]))


def _take_end(alarm, now) -> bool:
    """Note the end; whether we have to tell it: somebody was, or may have been, told of the beginning."""
    owed = alarm.told or bool(alarm.told_at and alarm.told_at >= alarm.since)
    mine = Alarm.objects.filter(pk=alarm.pk, ended_at=alarm.ended_at)
    return bool(mine.update(ended_at=now, told=owed)) and owed


class _Note:
    """The rows one run has noted as being told, ``begun`` and ``over`` as they were before."""

    def __init__(self, begun, over, now):
        self.begun, self.over, self.now, self.at, self.started = begun, over, now, now, timezone.now()

    def renew(self):
        """We are still at it. Without a database we go on telling: better twice than not at all."""
        at = self.now + max(dt.timedelta(), timezone.now() - self.started)
        try:
            for was in self.begun:
                self._beginning(was).update(told_at=at)
            for was in self.over:
                self._end(was).update(ended_at=at)
            self.at = at
        except DatabaseError as error:
            log.warning("An alarm being told cannot be noted, it may come twice: %s", error)

    def settle(self):
        """All is told, even if another round has begun the same telling: the next one must not begin it again."""
        for was in self.begun:
            self._beginning(was).update(told=True)
        for was in self.over:
            self._end(was).update(told=False)

    def take_back(self):
        """No server took it: as if nothing had been noted, where nobody else is at it."""
        for was in self.begun:
            self._beginning(was).filter(told_at=self.at).update(**_before(was))
        for was in self.over:
            self._end(was).filter(ended_at=self.at).update(**_before(was))

    def _beginning(self, was):
        return Alarm.objects.filter(pk=was.pk, since=was.since, ended_at=None, told=False)

    def _end(self, was):
        return Alarm.objects.filter(pk=was.pk, since=was.since, told=True).exclude(ended_at=None)


def _before(was):
    return {name: getattr(was, name) for name in ("told_at", "told", "ended_at")}


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
