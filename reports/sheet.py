"""The page that is filled in: grid rows and headings with their forms, and the saving of the whole page."""

from __future__ import annotations

from dataclasses import dataclass

from records.numbers import format_number
from reports.content import heading, report_of
from reports.figures import Row, columns, earlier, grouped, progress, rows_of
from reports.filing import save_sheet
from reports.forms import EntryForm, NarrativeForm
from reports.models import Narrative


@dataclass
class Line:
    """A row of the grid with its form; ``other`` is what somebody else stored meanwhile."""

    row: Row
    form: EntryForm
    other: str = ""

    @property
    def number(self) -> str:
        """The indicator's key for element ids; as text, because templates write numbers with dots (1.024)."""
        return str(self.row.indicator.pk)


@dataclass
class Part:
    """A heading of the outline with its form and the text of the last accepted report."""

    section: str
    label: str
    form: NarrativeForm
    before: str = ""
    other: str = ""


class Sheet:
    """Everything the edit page shows. Built with ``data`` it keeps what was typed, whatever happens."""

    def __init__(self, dossier, data=None):
        self.report = report_of(dossier)
        self.cycle = self.report.obligation.cycle
        self.earlier = earlier(self.report.obligation)
        self.columns = columns(self.cycle)
        self.rows = rows_of(self.report, self.earlier)
        self.progress = progress(self.rows)
        self.actual_label = next(column.label for column in self.columns if column.key == "actual")
        self.lines = [Line(row, self._entry_form(row, data)) for row in self.rows]
        self.parts = self._parts(data)

    def _entry_form(self, row, data):
        return EntryForm(
            data,
            indicator=row.indicator,
            entry=row.entry,
            estimates=self.cycle.allows_estimates,
            actual_label=self.actual_label,
        )

    def _parts(self, data):
        stored = {one.section: one for one in self.report.narratives.select_related("saved_by")}
        parts = []
        for section in Narrative.Section:
            narrative = stored.get(section.value) or Narrative(report=self.report, section=section.value)
            label = heading(section, self.cycle)
            form = NarrativeForm(data, section=section.value, narrative=narrative, label=label)
            parts.append(Part(section.value, label, form, self.earlier.narrative.get(section.value, "")))
        return parts

    @property
    def groups(self):
        """``(heading, lines, done)`` in the order of the page."""
        by_row = {id(line.row): line for line in self.lines}
        return [
            (name, [by_row[id(row)] for row in rows], sum(row.entry.answered for row in rows))
            for name, rows in grouped(self.rows)
        ]

    @property
    def forms(self):
        return [line.form for line in self.lines] + [part.form for part in self.parts]

    def save(self, *, actor, now) -> bool:
        """Save every readable row; True when nothing is left to mend. Raises ``ContentRefused``."""
        entries = [
            (line.row.indicator, line.form.cleaned_data, line.form.cleaned_data.get("version"))
            for line in self.lines
            if _was_on_page(line.form) and line.form.is_valid()
        ]
        narratives = [
            (part.section, part.form.cleaned_data["text"], part.form.cleaned_data.get("version"))
            for part in self.parts
            if _was_on_page(part.form) and part.form.is_valid()
        ]
        conflicts = save_sheet(report=self.report, entries=entries, narratives=narratives, actor=actor, now=now)
        for line in self.lines:
            if conflict := conflicts.get(line.row.indicator):
                line.other = other_entry(conflict.row, line.row.indicator)
                line.form.add_error("actual", conflict.message)
        for part in self.parts:
            if conflict := conflicts.get(part.section):
                part.other = conflict.row.text
                part.form.add_error("text", conflict.message)
        return not any(form.errors for form in self.forms)

    def refresh_versions(self, dossier):
        """After a save with errors: typed text stays, hidden versions become those stored now."""
        fresh = Sheet(dossier)
        self.rows, self.progress = fresh.rows, fresh.progress
        for mine, now in zip(self.lines + self.parts, fresh.lines + fresh.parts, strict=True):
            data = mine.form.data.copy()
            data[mine.form.add_prefix("version")] = now.form.initial["version"]
            mine.form.data = data
        for mine, now in zip(self.lines, fresh.lines, strict=True):
            mine.row = now.row


def _was_on_page(form) -> bool:
    """A row the posted page did not have (an indicator added meanwhile) must not be blanked by it."""
    return form.add_prefix("version") in form.data


def other_entry(entry, indicator) -> str:
    """What somebody else stored in a row, in words."""
    said = "Không phát sinh" if entry.nil else format_number(entry.actual, indicator.places)
    words = f"Bản đã lưu: {said}"
    if entry.plan is not None:
        words += f"; kế hoạch năm {format_number(entry.plan, indicator.places)}"
    return f"{words}; ghi chú “{entry.remark}”" if entry.remark else words
