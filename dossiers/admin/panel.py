"""The decision panel beside a dossier: forms of the steps, what earlier steps recorded, who looks after it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.roles import DEPT_ROLES
from dossiers.inputs import StepForm
from dossiers.pages import StepChoice
from records.dates import format_date, format_datetime
from records.numbers import format_number

ORDER = {"primary": 0, "outline-danger": 2}  # the usual way first, the way out last


@dataclass(frozen=True)
class Panel:
    """One step with its form; ``is_open`` unfolds it."""

    choice: StepChoice
    form: StepForm
    is_open: bool = False


class AssignForm(forms.Form):
    person = forms.ModelChoiceField(
        User.objects.none(), label="Chuyên viên được giao", required=False, empty_label="– chưa giao –"
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


def panels(dossier, choices, *, posted=None):
    """``(panels, gone)``: a panel per step of the Sở; ``gone`` is the posted form whose step is no longer possible.

    A posted form keeps what was typed and gets the version of the page now shown.
    """
    initial = {"version": dossier.version, "content_seq": dossier.content_seq}
    found, kept = [], False
    for choice in choices:
        step = choice.step
        if step.letter or not step.roles & DEPT_ROLES:
            continue
        mine = posted is not None and posted.step.action == step.action
        if mine:
            _renew(posted, initial)
            kept = choice.allowed
        form = posted if mine else StepForm(step=step, prefix=step.action, initial=initial)
        found.append(Panel(choice, form, mine))
    found.sort(key=lambda panel: (not panel.choice.allowed, ORDER.get(panel.choice.step.tone, 1)))
    return found, None if posted is None or kept else posted


def _renew(form, initial):
    form.data = form.data.copy()
    for name, value in initial.items():
        form.data[form.add_prefix(name)] = value


def facts(dossier, process, *, actor) -> list[dict]:
    """Numbers, dates and results that steps recorded, oldest first; what has ``readers`` for these only."""
    found = []
    for event in dossier.events.order_by("version"):
        step = process.step(event.action)
        open_fields = [one for one in (step.fields if step else ()) if not one.readers or actor.has_any(one.readers)]
        rows = [(one.label, _shown(one, event.data.get(one.name))) for one in open_fields]
        rows = [(label, value) for label, value in (*rows, *event.data.get("facts", ())) if value]
        if rows and not (step and step.letter):
            found.append({"title": event.label, "at": format_datetime(timezone.localtime(event.at)), "rows": rows})
    return found


def _shown(field, value) -> str:
    if value in (None, ""):
        return ""
    if field.kind == "date":
        return format_date(dt.date.fromisoformat(value))
    if field.kind in ("money", "integer"):
        return format_number(Decimal(str(value)))
    if field.kind == "choice":
        return dict(field.choices).get(value, value)
    return str(value)
