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

from districts.workdays import load_calendar
from notices.moving import preview
from records.dates import format_date
from records.formfields import DateField

MOVED = ("due_on", "grace_until", "locks_on")


class MoveForm(forms.Form):
    """The dates of a round, checked by the round's own rules."""

    due_on = DateField(label="Hạn gửi mới (hết ngày)")
    grace_until = DateField(label="Châm chước đến hết ngày", required=False)
    locks_on = DateField(label="Khóa sau ngày", required=False)

    def __init__(self, *args, round, **kwargs):
        super().__init__(*args, initial={name: getattr(round, name) for name in MOVED}, **kwargs)
        self.round = copy.copy(round)

    def clean(self):
        data = super().clean()
        for name in MOVED:
            if name not in self.errors:
                setattr(self.round, name, data.get(name))
        if not self.errors:
            try:
                self.round.clean()
            except forms.ValidationError as error:
                for name, sentences in error.message_dict.items():
                    self.add_error(name if name in self.fields else None, sentences)
        return data


class MovingMixin:
    """For the admin of what hangs on a round. ``round_duties`` and ``dates_moved`` come from the app."""

    change_form_template = "admin/obligation_change_form.html"

    def round_duties(self, obj, *, now):
        """The open duties whose due day is the round's."""
        raise NotImplementedError

    def dates_moved(self, request, obj):
        """What follows when the saved dates are others than before."""

    def round_links(self, request, obj):
        """(label, address) beside the title of the page."""
        if not self.has_change_permission(request, obj):
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
        acts = [{"label": label, "url": url} for label, url in links]
        return super().change_view(request, object_id, form_url, {"acts": acts, **(extra_context or {})})

    def move_view(self, request, pk):
        """Type a new due day, see what changes, save it. Nothing is written before “Lưu hạn mới”."""
        obj = get_object_or_404(self.model.objects.select_related("round"), pk=pk)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied("Hạn gửi do chuyên viên, trưởng phòng hoặc quản trị của Sở thay đổi.")
        form, now, found = MoveForm(request.POST or None, round=obj.round), timezone.now(), None
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            if "save" in request.POST:
                self._save_dates(request, obj, form.round)
                return redirect(back)
            due = form.round.effective_due(load_calendar())
            found = preview(self.round_duties(obj, now=now), due=due, now=now)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Nếu dời hạn: {obj}",
            "round": obj.round,
            "form": form,
            "found": found,
            "new_due": form.round.effective_due(load_calendar()) if found else None,
            "same": found is not None and form.round.due_on == obj.round.due_on,
            "past": found is not None and form.round.due_on < request.actor.today,
            "back": back,
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "list_title": self.opts.verbose_name_plural,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/move_due.html", context, status=422 if form.errors else 200)

    @transaction.atomic
    def _save_dates(self, request, obj, round):
        before = {name: getattr(obj.round, name) for name in MOVED}
        after = {name: getattr(round, name) for name in MOVED}
        if before == after:
            messages.info(request, "Hạn gửi giữ nguyên.")
            return
        round.save(update_fields=MOVED)
        obj.round = round
        words = f"Dời hạn gửi từ {format_date(before['due_on'])} sang {format_date(after['due_on'])}."
        self.log_change(request, obj, words)
        messages.success(request, words)
        self.dates_moved(request, obj)
