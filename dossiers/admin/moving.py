"""“Nếu dời hạn”: which reminders a new due day would change, seen before it is saved."""

import copy

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from districts.workdays import load_calendar
from dossiers.admin.grounds import GroundsForm
from dossiers.grounds import check_days
from dossiers.models import Round
from dossiers.moving import DATES, MOVERS, move_dates, moves_of, tell_moved
from dossiers.refusals import StepRefused
from notices.moving import days_to_go, preview
from records.formfields import DateField


class MoveForm(GroundsForm):
    """The dates of a round, checked by the round's own rules; the grounds are asked for when they are saved."""

    due_on = DateField(label="Hạn gửi mới (hết ngày)")
    grace_until = DateField(label="Châm chước đến hết ngày", required=False)
    locks_on = DateField(label="Khóa sau ngày", required=False)
    shift_due = forms.BooleanField(label=Round._meta.get_field("shift_due").verbose_name, required=False)

    def __init__(self, *args, round, today, **kwargs):
        initial = {name: getattr(round, name) for name in DATES}
        super().__init__(*args, initial=initial, **kwargs)
        self.round, self.today = copy.copy(round), today

    @property
    def dates(self):
        return {name: getattr(self.round, name) for name in DATES}

    @property
    def days_key(self):
        return "|".join(str(value) for value in self.dates.values())

    def clean(self):
        data = super().clean()
        for name in DATES:
            if name not in self.errors:
                setattr(self.round, name, data.get(name))
        for name, sentence in check_days(self.dates, today=self.today).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        if not self.errors:
            try:
                self.round.clean()
            except forms.ValidationError as error:
                for name, sentences in error.message_dict.items():
                    self.add_error(name if name in self.fields else None, sentences)
        return data


class MovingMixin:
    """For the admin of what hangs on a round. ``round_duties`` and ``dates_moved`` come from the app."""

    change_form_template = "admin/round_change_form.html"

    def round_duties(self, obj, *, now):
        """The open duties whose due day follows from the round's."""
        raise NotImplementedError

    def reschedule(self, obj):
        """Write what hangs on the saved dates; returns how many rows, or ``None`` where nothing is kept."""

    def dates_moved(self, request, obj):
        """What follows when the saved dates are others than before."""

    def round_links(self, request, obj):
        """(label, address) beside the title of the page."""
        if not request.actor.has_any(MOVERS):
            return []
        return [("Nếu dời hạn", reverse(self._move_name(), args=[obj.pk]))]

    def _move_name(self):
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_move"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        return [path("<int:pk>/doi-han/", self.admin_site.admin_view(self.move_view), name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        obj = self.get_object(request, object_id)
        links = self.round_links(request, obj) if obj else []
        more = {"acts": [{"label": label, "url": url} for label, url in links]}
        more["moves"] = moves_of(self._page_of(obj)) if obj else []
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def _page_of(self, obj):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def move_view(self, request, pk):
        """Type a new due day, see what changes, save it. Nothing is written before “Lưu hạn mới”."""
        obj = get_object_or_404(self.model.objects.select_related("round"), pk=pk)
        if not request.actor.has_any(MOVERS):
            raise PermissionDenied("Hạn gửi do chuyên viên, lãnh đạo hoặc quản trị của Sở thay đổi.")
        form = MoveForm(request.POST or None, round=obj.round, today=request.actor.today)
        now, found, back = timezone.now(), None, self._page_of(obj)
        if request.method == "POST" and form.is_valid():
            saving = "save" in request.POST and form.was_previewed("Lưu hạn mới")
            if saving and self._save_dates(request, obj, form, now):
                return redirect(back)
            present = self.round_duties(obj, now=now)
            found = preview(present, self._duties_if(obj, form.round, now), now=now)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Nếu dời hạn: {obj}",
            "round": obj.round,
            "form": form,
            "found": found,
            **(_compared(obj.round, form.round, request.actor.today) if found else {}),
            "back": back,
            "kept_at": f"trang của {self.opts.verbose_name}",
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "list_title": capfirst(self.opts.verbose_name_plural),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/move_due.html", context, status=422 if form.errors else 200)

    def _duties_if(self, obj, round, now):
        """The duties as the providers would give them with other dates: written, read and taken back."""
        kept = obj.round
        with transaction.atomic():
            round.save(update_fields=DATES)
            obj.round = round
            self.reschedule(obj)
            found = self.round_duties(obj, now=now)
            transaction.set_rollback(True)
        obj.round = kept
        return found

    @transaction.atomic
    def _save_dates(self, request, obj, form, now) -> bool:
        """Save, write what hangs on it, tell who is concerned; a refusal goes to its field and leaves all as it was."""
        before = {duty.key: (duty.due, duty.grace_until) for duty in self.round_duties(obj, now=now)}
        path = self._page_of(obj)
        try:
            words = move_dates(
                round=obj.round, dates=form.dates, grounds=form.grounds, path=path, actor=request.actor, now=now
            )
        except StepRefused as refusal:
            for name, sentence in (refusal.fields or {None: refusal.message}).items():
                form.add_error(name, sentence)
            return False
        if not words:
            messages.info(request, "Hạn gửi giữ nguyên.")
            return True
        self.log_change(request, obj, words)
        messages.success(request, words)
        self.dates_moved(request, obj)
        moved = [one for one in self.round_duties(obj, now=now) if before.get(one.key) != (one.due, one.grace_until)]
        if told := tell_moved(round=obj.round, duties=moved, now=now):
            messages.info(
                request, f"Đã báo hạn mới vào hộp thư trên Cổng của {told} người; thư nhắc kế tiếp cũng nêu rõ."
            )
        return True


def _compared(kept, planned, today):
    """How the new due day lies to the old one and to today, for the page."""
    calendar = load_calendar()
    old_due, new_due = kept.effective_due(calendar), planned.effective_due(calendar)
    past = new_due < today
    return {
        "old_due": old_due,
        "new_due": new_due,
        "past": past,
        "earlier": new_due < old_due and not past,
        "days_to_go": days_to_go(new_due, today, calendar),
    }
