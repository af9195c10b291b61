"""The filter form above a list of dossiers: closed choices only, so no filter costs a walk over the table."""

from django import forms

from accounts.roles import DEPT_ROLES
from districts.models import Theme, Unit
from dossiers.models import Round
from records.formfields import LineFormField
from records.text import search_q

ANY = [("", "Tất cả")]
ASSIGNEES = [*ANY, ("mine", "Của tôi"), ("none", "Chưa giao")]
ROUNDS_SHOWN = 60


class DossierFilter(forms.Form):
    """GET parameters of the list; an unknown value counts as not given."""

    q = LineFormField(label="Tìm mã, tên, đơn vị (không cần dấu)", required=False)
    status = forms.ChoiceField(label="Trạng thái", required=False)
    round = forms.ChoiceField(label="Đợt, kỳ", required=False)
    theme = forms.ChoiceField(label="Chủ đề", required=False)
    unit_kind = forms.ChoiceField(label="Loại đơn vị", required=False, choices=[*ANY, *Unit.Kind.choices])
    assignee = forms.ChoiceField(label="Chuyên viên", required=False, choices=ASSIGNEES)
    timing = forms.ChoiceField(
        label="Đúng hạn", required=False, choices=[*ANY, ("on_time", "Đúng hạn"), ("late", "Quá hạn")]
    )

    def __init__(self, data, *, kind, actor, with_theme=True, with_timing=False):
        super().__init__(data)
        self.actor = actor
        statuses = [status for status in kind.process.statuses if status.code not in _unsent(kind.process)]
        self.fields["status"].choices = [*ANY, *((status.code, status.label) for status in statuses)]
        rounds = Round.objects.filter(kind=kind.code).values_list("pk", "title")[:ROUNDS_SHOWN]
        self.fields["round"].choices = [*ANY, *((str(pk), title) for pk, title in rounds)]
        if with_theme:
            self.fields["theme"].choices = [
                *ANY,
                *((str(pk), name) for pk, name in Theme.objects.values_list("pk", "name")),
            ]
        else:
            del self.fields["theme"]
        if not with_timing:
            del self.fields["timing"]
        self.is_valid()

    def apply(self, rows):
        """``rows`` narrowed by what was chosen (``timing`` is the kind's own matter)."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        rows = rows.filter(search_q(chosen.get("q", "")))
        for name, column in (("status", "status"), ("round", "round_id"), ("theme", "theme_id")):
            if name in chosen:
                rows = rows.filter(**{column: chosen[name]})
        if "unit_kind" in chosen:
            rows = rows.filter(unit__kind=chosen["unit_kind"])
        return by_assignee(rows, chosen.get("assignee"), self.actor)

    @property
    def active(self) -> bool:
        return any(self.cleaned_data.values())


def by_assignee(rows, wish, actor):
    if wish == "mine":
        return rows.filter(assignee_id=actor.user.pk)
    return rows.filter(assignee=None) if wish == "none" else rows


def _unsent(process):
    """Statuses before the first sending: the Sở never sees a dossier in them."""
    reached = {step.target for step in process.steps if step.sends or step.roles & DEPT_ROLES}
    while True:
        more = {step.target for step in process.steps if set(step.sources) & reached} - reached
        if not more:
            return {status.code for status in process.statuses} - reached
        reached |= more
