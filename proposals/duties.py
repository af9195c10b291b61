"""What a unit owes about its proposals: answering a request for supplement, finishing drafts before a call closes."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from districts.workdays import load_calendar, working_days_between
from dossiers import kinds
from dossiers.duties import asked_words, open_requests, request_key, with_request
from dossiers.models import Dossier, Round
from dossiers.moving import moved_words
from dossiers.process import Turn
from notices.duties import Duty
from proposals.process import AWAITING_AGAIN, DRAFT, KIND, PROCESS, SUPPLEMENT

WRITING = frozenset({Role.UNIT_DRAFTER, Role.UNIT_CLERK})
CLOSING_DAYS = 10  # working days before the due day from which a call is said to close soon


class ReturnedProvider:
    """The Sở asked for a supplement; owed by the day it named."""

    prefix = "proposal"
    kinds = {"proposal_returned": "Đề xuất cần bổ sung, gửi lại"}

    def open_duties(self, *, now, unit_ids=None):
        rows = _returned()
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        for dossier in rows.order_by("due_on", "pk"):
            opened, waiting = timezone.localdate(dossier.turn_since), dossier.status == AWAITING_AGAIN
            yield Duty(
                key=request_key(self.prefix, dossier),
                kind="proposal_returned",
                unit_id=dossier.holder_id,
                roles=WRITING,
                stand_ins=frozenset({Role.UNIT_LEADER}),
                due=dossier.due_on or opened,
                title=f"{'Chờ lãnh đạo ký, gửi lại' if waiting else 'Bổ sung, gửi lại'} đề xuất {dossier}",
                path=reverse("proposals:detail", args=[dossier.pk]),
                staff_path=kinds.get(KIND).staff_path(dossier),
                opened=opened,
                action="Xem" if waiting else "Sửa và gửi lại",
                detail="; ".join(filter(None, (dossier.title and f"“{dossier.title}”", asked_words(dossier)))),
                urgent=not waiting,
            )

    def open_dues(self, keys, *, now):
        return open_requests(self.prefix, keys, _returned())

    def open_keys(self, keys, *, now):
        return set(self.open_dues(keys, now=now))


def _returned():
    back = Dossier.objects.filter(kind=KIND, turn=Turn.UNIT, status__in=[SUPPLEMENT, AWAITING_AGAIN])
    return with_request(back, PROCESS)


class ClosingProvider:
    """A call the unit can still send to, with drafts not yet handed to its leader."""

    prefix = "call"
    kinds = {"call_closing": "Đợt đề xuất sắp đóng, đơn vị còn bản nháp"}

    def open_duties(self, *, now, unit_ids=None):
        today, calendar = timezone.localdate(now), load_calendar()
        rows = _drafts()
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        groups = list(
            rows.order_by("round_id", "holder_id")
            .values("round_id", "holder_id")
            .annotate(drafts=Count("pk"), since=Min("created_at"))
        )
        rounds = Round.objects.in_bulk({group["round_id"] for group in groups})
        for group in groups:
            round = rounds[group["round_id"]]
            if round.is_open(today=today, calendar=calendar):
                yield self._duty(round, group, today, calendar)

    def _duty(self, round, group, today, calendar):
        due = round.effective_due(calendar)
        name = round.title if round.title.startswith("Đợt") else f"Đợt “{round.title}”"
        return Duty(
            key=f"{self.prefix}:{round.pk}-{group['holder_id']}",
            kind="call_closing",
            unit_id=group["holder_id"],
            roles=WRITING,
            due=due,
            grace_until=round.grace_until,
            ends_on=round.last_day(calendar),
            title=f"{name} {_stage(today, max(due, round.grace_until or due), calendar)}",
            subject=f"trình ký {group['drafts']} đề xuất của {name[0].lower()}{name[1:]}",
            day_title=f"Hạn gửi: {name}",
            path=f"{reverse('proposals:list')}?dot={round.pk}&trang_thai={DRAFT}",
            staff_path=kinds.get(KIND).round_admin_path(round.pk),  # the Sở may not read drafts
            opened=max(round.opens_on, timezone.localdate(group["since"])),
            action="Soạn tiếp",
            detail=f"đơn vị có {group['drafts']} bản nháp chưa trình ký{moved_words(round)}",
        )

    def open_dues(self, keys, *, now):
        today, calendar = timezone.localdate(now), load_calendar()
        pairs = {key: _pair(key) for key in keys if _pair(key)}
        rounds = Round.objects.in_bulk({pair[0] for pair in pairs.values()})
        drafts = set(_drafts().filter(round_id__in=rounds).values_list("round_id", "holder_id").order_by().distinct())
        return {
            key: rounds[pair[0]].effective_due(calendar)
            for key, pair in pairs.items()
            if pair in drafts and rounds[pair[0]].is_open(today=today, calendar=calendar)
        }

    def open_keys(self, keys, *, now):
        return set(self.open_dues(keys, now=now))


def _stage(today, last, calendar):
    """How far a call has come by its last day that counts as on time."""
    if today > last:
        return "đã qua hạn, Sở còn nhận hồ sơ"
    return "sắp đóng" if working_days_between(today, last, calendar) <= CLOSING_DAYS else "đang mở"


def duties_of_call(call, *, now):
    """The open duties that end with one call."""
    stem = f"{ClosingProvider.prefix}:{call.pk}-"
    return [duty for duty in ClosingProvider().open_duties(now=now) if duty.key.startswith(stem)]


def _pair(key):
    """(round, unit) of “call:3-17”; ``None`` for a key of another shape."""
    round_id, _, unit_id = key.partition(":")[2].partition("-")
    return (int(round_id), int(unit_id)) if round_id.isdecimal() and unit_id.isdecimal() else None


def _drafts():
    return Dossier.objects.filter(kind=KIND, status=DRAFT, first_submitted_at=None)
