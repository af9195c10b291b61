"""“Gia hạn”: a later day for the chosen units, its reminders seen before it is saved."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone

from districts.workdays import is_working_day, load_calendar
from dossiers.admin.grounds import GroundsForm
from dossiers.refusals import StepRefused
from notices.moving import days_to_go, preview
from records.formfields import DateField
from records.text import whole_number
from reports.chasing import rows_of
from reports.chasing_chosen import chosen_rows, joined, numbers
from reports.extending import check_until, duties_concerned, duties_if, extend
from reports.opening import MANAGERS, due_days

NAMED = 10  # units left out that are named one by one


class ExtendForm(GroundsForm):
    """The new day, and – asked for when it is saved – on what grounds."""

    until = DateField(label="Gia hạn đến hết ngày")

    def __init__(self, *args, cycle, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.cycle, self.today = cycle, today

    @property
    def days_key(self):
        return str(self.cleaned_data.get("until"))

    def clean(self):
        data = super().clean()
        if data.get("until") and (refusal := check_until(data["until"], cycle=self.cycle, today=self.today)):
            self.add_error("until", refusal)
        return data


class ExtendingViews:
    """Mixin for the admin of cycles, beside ``ChasingViews``."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.extend_view)
        return [path("<int:pk>/don-doc/gia-han/", view, name="reports_chasing_extend"), *super().get_urls()]

    def extend_view(self, request, pk):
        """Type the day, see what changes, save it. Nothing is written before “Lưu gia hạn”."""
        cycle, now = self.cycle_of(pk), timezone.now()
        if not request.actor.has_any(MANAGERS):
            raise PermissionDenied("Gia hạn do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
        form = ExtendForm(request.POST or None, cycle=cycle, today=request.actor.today)
        if request.method == "POST":
            rows, seen = rows_of(cycle, now=now, ids=numbers(request.POST)), _seen(request.POST.get("thay", ""))
        else:
            rows = chosen_rows(cycle, request.GET, now=now)
            seen = {row.obligation.pk: row.obligation.due_on for row in rows}
        open_ones, found = [row.obligation for row in rows if row.obligation.is_open], None
        if request.method == "POST" and form.is_valid():
            saving = "save" in request.POST and form.was_previewed("Lưu gia hạn")
            if saving and _saved(request, cycle, rows, form, seen, now):
                return self.to_chasing(request, cycle)
            if until := form.cleaned_data.get("until"):
                planned = duties_if(cycle, open_ones, until, now=now)
                found = preview(duties_concerned(cycle, open_ones, now=now), planned, now=now)
        context = {
            "title": "Gia hạn",
            "rows": rows,
            "open_count": len(open_ones),
            "all_keys": joined(rows),
            "seen": ",".join(f"{key}:{day.isoformat()}" for key, day in seen.items()),
            "form": form,
            "found": found,
            **(_compared(open_ones, form.cleaned_data["until"], request.actor.today) if found else {}),
            "common": due_days(cycle, load_calendar())["due_on"],
        }
        return self.chasing_page(request, "admin/extend.html", cycle, context, status=422 if form.errors else 200)


def _compared(open_ones, until, today):
    """How the new day lies to the days the units have now, and to today, for the page."""
    calendar, shorter = load_calendar(), [one.due_on for one in open_ones if until < one.due_on]
    return {
        "new_due": until,
        "day_off": not is_working_day(until, calendar),
        "earlier": bool(shorter),
        "shorter": len(shorter),
        "old_due": max(shorter, default=None),
        "days_to_go": days_to_go(until, today, calendar),
    }


def _saved(request, cycle, rows, form, seen, now):
    """Save and say what came of it; a refusal goes to its field and leaves all as it was."""
    until = form.cleaned_data["until"]
    try:
        granted = extend(
            cycle=cycle,
            obligations=[row.obligation for row in rows],
            until=until,
            grounds=form.grounds,
            seen=seen,
            actor=request.actor,
            now=now,
        )
    except StepRefused as refusal:
        for name, sentence in refusal.fields.items():
            form.add_error(name, sentence)
        if not refusal.fields:
            form.add_error(None, refusal.message)
        return False
    if count := len(granted.obligations):
        told = f" Hạn mới nằm trong hộp thư trên Cổng của {granted.told} người." if granted.told else ""
        messages.success(request, f"{granted.words[:1].upper()}{granted.words[1:]}: {count} đơn vị.{told}")
    for one, reason in granted.left_out[:NAMED]:
        messages.warning(request, f"{one.responsible.name} không thay đổi: {reason}.")
    if (more := len(granted.left_out) - NAMED) > 0:
        messages.warning(request, f"Và {more} đơn vị khác không thay đổi.")
    return True


def _seen(text) -> dict:
    """``{pk: day}`` as the page carried it; what cannot be read is left out, and its unit then left alone."""
    found = {}
    for part in text.split(","):
        key, _, day = part.partition(":")
        number = whole_number(key)
        try:
            found[number] = dt.date.fromisoformat(day)
        except ValueError:
            continue
    return found
