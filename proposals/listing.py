"""What the list of proposals shows and how it is narrowed."""

import datetime as dt

from django import forms
from django.db.models import Q
from django.urls import reverse

from districts.models import Succession, Theme
from districts.workdays import working_days_between
from dossiers.models import Dossier, Round
from proposals.models import Call
from proposals.process import KIND, PROCESS

PER_PAGE = 25


class FilterForm(forms.Form):
    """GET form; a value that is not in the list is taken as “all”."""

    use_required_attribute = False
    q = forms.CharField(label="Tìm theo tên, mã", required=False, max_length=200)
    dot = forms.ChoiceField(label="Đợt", required=False)
    trang_thai = forms.ChoiceField(
        label="Trạng thái", required=False, choices=[("", "Tất cả"), *((s.code, s.label) for s in PROCESS.statuses)]
    )
    chu_de = forms.ChoiceField(label="Chủ đề", required=False)

    def __init__(self, data):
        super().__init__(data)
        rounds = Round.objects.filter(kind=Round.Kind.PROPOSAL).values_list("pk", "title")
        self.fields["dot"].choices = [("", "Tất cả"), *rounds]
        self.fields["chu_de"].choices = [("", "Tất cả"), *Theme.objects.values_list("pk", "name")]

    def narrow(self, rows):
        """The rows that fit what was chosen."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("q"):
            rows = rows.search(chosen["q"])
        columns = {"dot": "round_id", "trang_thai": "status", "chu_de": "theme_id"}
        return rows.filter(**{column: chosen[name] for name, column in columns.items() if chosen.get(name)})

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)


def of_unit(actor):
    """Proposals of the unit the actor works for now (its predecessors' included), newest saved first."""
    rows = Dossier.objects.visible_to(actor).filter(kind=KIND)
    if actor.unit is not None:
        before = Succession.objects.filter(successor=actor.unit).values("predecessor_id")
        rows = rows.filter(Q(holder=actor.unit) | Q(unit=actor.unit) | Q(unit_id__in=before))
    return rows.select_related("round", "theme", "unit").order_by("-saved_at", "-pk")


def row(dossier, actor) -> dict:
    """One line of the list: where it stands and what the person can go on with."""
    status = PROCESS.status(dossier.status)
    editable = status.editable and actor.can_write_for(dossier.holder_id)
    name = "proposals:edit" if editable and not dossier.first_submitted_at else "proposals:detail"
    return {"dossier": dossier, "status": status, "url": reverse(name, args=[dossier.pk]), "editable": editable}


def open_calls(*, today, calendar) -> list[dict]:
    """Calls one can start a proposal in today, with the working days left to the due day."""
    calls = Call.objects.filter(round__opens_on__lte=today).select_related("round").order_by("round__due_on", "pk")
    month_ago = today - dt.timedelta(days=31)  # a holiday can move the last day past the stored one
    calls = calls.filter(Q(round__locks_on=None) | Q(round__locks_on__gte=month_ago))
    return [describe(call, today, calendar) for call in calls if call.round.is_open(today=today, calendar=calendar)]


def describe(call, today, calendar) -> dict:
    """A call with its effective due day and the working days left."""
    due = call.round.effective_due(calendar)
    return {
        "call": call,
        "due": due,
        "days": working_days_between(today, due, calendar),
        "last": call.round.last_day(calendar),
    }
