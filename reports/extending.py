"""A later day for one unit or for several (“gia hạn”): by letter or by phone, who decided (practice.md 22).

The cycle's own day stays; the later of both counts. Later moves of the cycle leave a later extension as it is.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from districts.workdays import load_calendar
from dossiers.duties import SignatureProvider
from dossiers.grounds import Grounds, check_days, missing_grounds
from dossiers.kinds import get as kind_of
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from dossiers.signing import AWAITING
from notices import inbox
from notices.moving import people_concerned
from records.audit import audit
from records.dates import format_date
from records.text import clean_line, clean_text
from reports.duties import duties_of_cycle
from reports.models import Obligation
from reports.opening import check_manager, due_days, open_obligations
from reports.process import KIND

DONE = "báo cáo đã được gửi, đã nhận qua văn bản hoặc nghĩa vụ đã kết thúc"


@dataclass
class Granted:
    """Who has another day now, and why the others have not; ``told``: people who find it in their inbox."""

    words: str
    obligations: list = field(default_factory=list)
    left_out: list = field(default_factory=list)  # (obligation, sentence without its first capital)
    told: int = 0


def check_until(until, *, cycle, today) -> str:
    """Why no unit of the cycle can be given this day; empty when it can. The cycle's own day ends an extension."""
    if far := check_days({"until": until}, today=today):
        return far["until"]
    common = due_days(cycle, load_calendar())["due_on"]
    if until == common:
        return ""
    if until < common:
        return (
            f"Ngày {format_date(until)} trước hạn chung {format_date(common)} của kỳ. Ghi ngày sau hạn chung; muốn thôi "
            "gia hạn thì ghi đúng ngày hạn chung."
        )
    return f"Ngày {format_date(until)} đã qua. Ghi ngày từ hôm nay trở đi." if until < today else ""


@transaction.atomic
def extend(*, cycle, obligations, until: dt.date, grounds: Grounds, seen, actor, now) -> Granted:
    """Give the open ones of these obligations ``until`` as their day; the cycle's own day ends an extension.

    ``seen``: ``{pk: day}`` as the person saw them; one changed since is left alone. Writes the audit trail, one line a
    unit, and an item into the inbox of who owes the report or was reminded of it; the ladder of the new day begins
    anew. Raises ``StepRefused``, fields named, before anything is written.
    """
    check_manager(actor)
    today = timezone.localtime(now).date()
    if refusal := check_until(until, cycle=cycle, today=today):
        raise StepRefused(refusal, fields={"until": refusal})
    if missing := missing_grounds(grounds, today=today, what="gia hạn"):
        raise StepRefused("Chưa lưu: còn thiếu căn cứ gia hạn.", fields=missing)
    days = due_days(cycle, load_calendar())
    found, values = Granted(_words(days, until, grounds)), _values(days, until)
    values["extended"] = found.words[:300] if values["extended_to"] else ""
    for one in obligations:
        reason = _grant(one, values, seen.get(one.pk))
        if reason:
            found.left_out.append((one, reason))
            continue
        found.obligations.append(one)
        _record(one, found.words, grounds, seen[one.pk], until, actor, now)
    found.told = _tell(cycle, found, now)
    return found


def duties_if(cycle, obligations, until, *, now) -> list:
    """The duties as the providers would give them with this day: written, read and taken back."""
    with transaction.atomic():
        values = _values(due_days(cycle, load_calendar()), until)
        for one in obligations:
            open_obligations().filter(pk=one.pk).update(**values)
        found = duties_concerned(cycle, obligations, now=now)
        transaction.set_rollback(True)
    return found


def duties_concerned(cycle, obligations, *, now) -> list:
    """What these units owe by the day of their report: the report itself, and its signature."""
    ids = {one.pk for one in obligations}
    waiting = Dossier.objects.filter(kind_of(KIND).awaited(), kind=KIND, status=AWAITING, report__obligation__in=ids)
    return [*duties_of_cycle(cycle, now=now, ids=ids), *SignatureProvider().duties_of(waiting, now=now)]


def page_of(obligation) -> str:
    """The Sở's page of the obligation, under which its extensions stand in the audit trail."""
    return reverse("admin:reports_obligation_change", args=[obligation.pk])


def _words(days, until, grounds):
    verb = "thôi gia hạn, hạn trở về" if until == days["due_on"] else "gia hạn đến hết"
    return f"{verb} ngày {format_date(until)} {grounds.words}"


def _values(days, until):
    if until == days["due_on"]:
        return {**days, "extended_to": None, "extended": ""}
    return {"due_on": until, "counted_until": max(until, days["counted_until"]), "extended_to": until}


def _grant(one, values, seen) -> str:
    """Write the day where it is still the one that was seen; returns why not."""
    if seen != values["due_on"] and open_obligations().filter(pk=one.pk, due_on=seen).update(**values):
        return ""
    now_there = Obligation.objects.get(pk=one.pk)
    if not now_there.is_open:
        return DONE
    if now_there.due_on == values["due_on"]:
        return f"hạn đã là {format_date(now_there.due_on)}"
    return f"hạn vừa được người khác đổi sang {format_date(now_there.due_on)}; kiểm tra rồi làm lại nếu vẫn cần"


def _record(one, words, grounds, before, until, actor, now):
    detail = {
        "before": before.isoformat(),
        "after": until.isoformat(),
        "grounds": grounds.words,
        "decided_by": clean_line(grounds.decided_by)[:150],
        "reason": clean_text(grounds.reason)[:500],
        "words": words,
    }
    audit(action="obligation.extended", actor=actor.user, now=now, label=str(one), path=page_of(one), detail=detail)


def _tell(cycle, found, now):
    """An item in the inbox of those concerned; no mail of its own: the next digest says it too."""
    duties = duties_concerned(cycle, found.obligations, now=now)
    people = people_concerned(duties, today=timezone.localtime(now).date())
    if people:
        title = f"{cycle.round.title}: {found.words.partition(' theo ')[0]}"
        text = f"{found.words[:1].upper()}{found.words[1:]}."
        inbox.renew(key=f"extended:{cycle.pk}", people=people, title=title, text=text, path="/", now=now)
    return len(people)
