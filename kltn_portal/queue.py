"""Queries behind “Chờ xử lý”: what waits for the Sở (or for the city), the longest waiting first; beside it the letters
units say they have sent, to be found among those received."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from districts.models import Theme, Unit
from districts.workdays import load_calendar, working_days_between
from dossiers import kinds
from dossiers.admin.filters import ANY, ASSIGNEES, by_assignee
from dossiers.listing import days_waiting, page_of
from dossiers.models import Dossier
from dossiers.process import Turn
from records.formfields import LineFormField
from records.text import search_q
from reports.reconciling import TURN as DECLARED
from reports.reconciling import declared

PER_PAGE = 25
TURNS = (Turn.DEPARTMENT, Turn.CITY)


class QueueFilter(forms.Form):
    """GET parameters of the queue; an unknown value counts as not given."""

    q = LineFormField(label="Tìm mã, tên, đơn vị (không cần dấu)", required=False)
    theme = forms.ChoiceField(label="Chủ đề", required=False)
    assignee = forms.ChoiceField(label="Chuyên viên", required=False, choices=ASSIGNEES)
    turn = forms.ChoiceField(
        required=False,
        choices=[*((turn.value, turn.label) for turn in TURNS), (DECLARED, "")],
        widget=forms.HiddenInput,
    )
    kind = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    status = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        self.fields["theme"].choices = [
            *ANY,
            *((str(pk), name) for pk, name in Theme.objects.values_list("pk", "name")),
        ]
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds.all_kinds()]
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value}


def waiting_count(actor) -> int:
    """The figure beside “Chờ xử lý”."""
    return Dossier.objects.visible_to(actor).filter(turn=Turn.DEPARTMENT).count() + declared().count()


def queue(params, *, actor, page_number) -> dict:
    """Context of the queue page: tabs with counts, the filter, one page of lines. Constant number of queries."""
    form = QueueFilter(params)
    chosen = form.chosen
    turn = chosen.get("turn", Turn.DEPARTMENT)
    visible = Dossier.objects.visible_to(actor)
    if turn == DECLARED:
        return {**_declared(form, actor, page_number), **_tabs(visible, turn, chosen)}
    rows = visible.filter(turn=turn).filter(search_q(chosen.get("q", "")))
    for name, column in (("kind", "kind"), ("status", "status"), ("theme", "theme_id")):
        if name in chosen:
            rows = rows.filter(**{column: chosen[name]})
    rows = by_assignee(rows, chosen.get("assignee"), actor)
    page = page_of(rows.order_by("turn_since", "pk"), page_number, per_page=PER_PAGE)
    return {
        "filter": form,
        "chosen": chosen,
        "turn": turn,
        "page_obj": page,
        "lines": _lines(page.object_list, actor),
        **_tabs(visible, turn, chosen),
    }


def _declared(form, actor, page_number):
    """The letters that units say they have sent, those said first in front."""
    rows = declared().select_related("unit", "responsible", "cycle__round", "declared_by")
    if term := form.chosen.get("q"):
        rows = rows.filter(unit__in=Unit.objects.filter(search_q(term)).values("pk"))
    page, calendar = Paginator(rows, PER_PAGE).get_page(page_number), load_calendar()
    lines = [
        {
            "obligation": row,
            "url": reverse("admin:reports_obligation_change", args=[row.pk]),
            "days": working_days_between(timezone.localtime(row.declared_at).date(), actor.today, calendar),
        }
        for row in page.object_list
    ]
    return {"filter": form, "chosen": form.chosen, "turn": DECLARED, "page_obj": page, "lines": lines}


def _lines(rows, actor):
    calendar = load_calendar()
    found = []
    for dossier in rows:
        kind = kinds.get(dossier.kind)
        found.append(
            {
                "dossier": dossier,
                "kind": kind,
                "status": kind.process.status(dossier.status),
                "url": kind.admin_path(dossier),
                "days": days_waiting(dossier, today=actor.today, calendar=calendar),
            }
        )
    return found


def _tabs(visible, turn, chosen):
    """Counts per turn, kind and status, from one grouped query over the queue's index."""
    counts = (
        visible.filter(turn__in=TURNS).order_by().values_list("turn", "kind", "status").annotate(number=Count("pk"))
    )
    counts = list(counts)
    turns = [
        {
            "label": {"department": "Chờ Sở xử lý", "city": "Đang ở UBND Thành phố"}[one.value],
            "count": sum(number for where, _, _, number in counts if where == one),
            "query": f"?turn={one.value}",
            "current": one == turn,
        }
        for one in TURNS
    ]
    letters = {"label": "Chờ đối chiếu văn bản", "count": declared().count(), "query": f"?turn={DECLARED}"}
    turns.insert(1, letters | {"current": turn == DECLARED})
    if turn == DECLARED:
        return {"turns": turns, "chips": []}
    here = [(kind, status, number) for where, kind, status, number in counts if where == turn]
    total = sum(number for _, _, number in here)
    chips = [_chip("Tất cả", total, turn, "", "", chosen)]
    for kind in kinds.all_kinds():
        mine = {status: number for code, status, number in here if code == kind.code}
        if not mine:
            continue
        chips.append(_chip(kind.label, sum(mine.values()), turn, kind.code, "", chosen))
        for status in kind.process.statuses:
            if status.code in mine:
                chips.append(_chip(status.label, mine[status.code], turn, kind.code, status.code, chosen))
    return {"turns": turns, "chips": chips}


def _chip(label, count, turn, kind, status, chosen):
    query = f"?turn={turn}" + (f"&kind={kind}" if kind else "") + (f"&status={status}" if status else "")
    current = (chosen.get("kind", ""), chosen.get("status", "")) == (kind, status)
    level = "status" if status else "kind"
    return {"label": label, "count": count, "query": query, "current": current, "level": level}
