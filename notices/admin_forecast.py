"""“Dự báo nhắc việc”: who will be written to in the next 30 days; the page's filter and its context."""

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from accounts.gaps import keepers
from districts.former import former_names
from districts.models import Unit
from notices.failures import failures_of
from notices.forecast import COPY, OWES, TOLD_OF, forecast
from notices.holds import state_of
from notices.ladder import rung_words
from records.formfields import LineFormField

SHOWN_PER_DAY = 20  # on the page of all days; a single day is paged through
PER_PAGE = 100
NAMED = 20  # units without people named on the page
UNITS_IN_LINE = 6  # units named in one line about the same matter; the rest is counted
HELD_FROM_HERE = 3  # so many units of a letter are offered to be held
PARTS = {OWES: "", COPY: "đồng gửi lãnh đạo", TOLD_OF: "báo Sở"}


class ForecastFilter(forms.Form):
    """GET parameters; an unknown value counts as not given."""

    q = LineFormField(label="Đơn vị (không cần dấu)", required=False)
    only = forms.ChoiceField(
        label="Người nhận",
        required=False,
        choices=[
            ("", "Tất cả"),
            ("no_address", "Chưa có thư điện tử"),
            (COPY, "Đồng gửi lãnh đạo"),
            (TOLD_OF, "Báo Sở"),
        ],
    )
    day = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value}


def forecast_page(params, *, now) -> dict:
    """Context of the page. Constant number of queries."""
    form = ForecastFilter(params)
    chosen = form.chosen
    units, hits, old = None, [], {}
    if chosen.get("q"):
        hits = list(Unit.objects.search(chosen["q"]))
        units, old = [unit.pk for unit in hits], former_names(hits, chosen["q"])
    found = forecast(now=now, unit_ids=units)
    names = Unit.objects.in_bulk({item.duty.unit_id for item in _items(found)} | {d.unit_id for d in found.unpeopled})
    letters = [letter for letter in found.letters if _wanted(letter, chosen.get("only"))]
    context = {
        "filter": form,
        "chosen": chosen,
        "found": found,
        "total": sum(bool(letter.address) for letter in letters),
        "unsendable": sum(not letter.address for letter in letters),
        "people": len({letter.person.pk for letter in letters}),
        "no_address": len({letter.person.pk for letter in letters if not letter.address}),
        "unpeopled": _unpeopled(found, names),
        "keepers": keepers(timezone.localtime(now).date()) if found.unpeopled else [],
        "former": [{"unit": unit, "old": old[unit.pk]} for unit in hits if unit.pk in old and unit.pk in names],
        "quiet": _quiet(found, units, timezone.localtime(now).date()),
    }
    return {**context, **_days(letters, _Known(letters, names), chosen.get("day"), params.get("page"))}


class _Known:
    """What a line says beside the letter: ``units`` by key, and whom mail does not reach."""

    def __init__(self, letters, units):
        self.units = units
        self.failures = failures_of({letter.person.pk for letter in letters if letter.address})


def _quiet(found, units, today):
    """Each hold of these units (``None``: of all) with the number of duties it keeps quiet, and whether it has begun."""
    rows = []
    for hold, duties in found.quiet:
        if units is not None and not duties and hold.unit_id not in units:
            continue
        tone, words = state_of(hold, today)
        rows.append({"hold": hold, "duties": len(duties), "tone": tone, "words": words})
    return rows


def _wanted(letter, only):
    if only == "no_address":
        return not letter.address
    return not only or any(item.part == only for item in letter.items)


def _items(found):
    return [item for letter in found.letters for item in letter.items]


def _days(letters, known, day, page_number):
    """The letters by day: some of every day, or one day page by page."""
    by_day = {}
    for letter in letters:
        by_day.setdefault(letter.day, []).append(letter)
    if day:
        page = Paginator(by_day.get(day, []), PER_PAGE).get_page(page_number)
        by_day = {day: by_day.get(day, [])}
        return {"days": [_day(day, by_day[day], page.object_list, known)], "page_obj": page, "one_day": day}
    return {"days": [_day(day, some, some[:SHOWN_PER_DAY], known) for day, some in by_day.items()], "page_obj": None}


def _day(day, letters, shown, known):
    return {
        "day": day,
        "letters": sum(bool(letter.address) for letter in letters),
        "people": len(letters),
        "duties": sum(len(letter.items) for letter in letters),
        "no_address": sum(not letter.address for letter in letters),
        "lines": [_line(letter, known) for letter in shown],
        "hidden": len(letters) - len(shown),
    }


def _line(letter, known):
    """One letter: what is the same matter for several units stands in one line."""
    groups = {}
    for item in letter.items:
        groups.setdefault((item.part, item.duty.title, item.duty.due, item.rung), []).append(item.duty)
    own = {item.duty.unit_id: known.units.get(item.duty.unit_id) for item in letter.items if item.part != TOLD_OF}
    own = [unit for unit in own.values() if unit]
    matters = [_matter(key, duties, known.units) for key, duties in groups.items()]
    return {
        "person": letter.person,
        "failure": known.failures.get(letter.person.pk),
        "matters": matters,
        "units": own[:UNITS_IN_LINE],
        "held": own[:HELD_FROM_HERE],
    }


def _matter(key, duties, names):
    part, title, due, rung = key
    units = sorted((names[duty.unit_id] for duty in duties if duty.unit_id in names), key=lambda unit: unit.sort_key)
    named = [unit.name for unit in units[:UNITS_IN_LINE]] if part == TOLD_OF or len(units) > 1 else []
    return {
        "title": title,
        "due": due,
        "rung": rung_words(rung),
        "part": PARTS[part],
        "duty": duties[0]
        if len(duties) == 1 and not duties[0].is_coming
        else None,  # what has no key yet cannot be held
        "count": len(duties),
        "named": ", ".join(named),
        "more": len(units) - len(named) if named else 0,
    }


def _unpeopled(found, names):
    """Units with duties and nobody to do them, each once with the number of duties."""
    counts = {}
    for duty in found.unpeopled:
        counts[duty.unit_id] = counts.get(duty.unit_id, 0) + 1
    rows = [{"unit": names.get(pk), "count": count} for pk, count in counts.items()]
    rows.sort(key=lambda row: row["unit"].sort_key if row["unit"] else "")
    return {"count": len(rows), "rows": rows[:NAMED], "more": max(0, len(rows) - NAMED)}
