"""Words of mails in the admin: list, edit with a preview in both parts, back to the built-in words. Doormen only."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from accounts.permissions import RoleAdmin
from notices.mail_part import frame_height, html_part
from notices.mail_preview import preview
from notices.mail_texts import MAILS, TEXTS, load, mail_of, problems, sample_values, title_of
from notices.models import MailText
from records.audit import audit
from records.formfields import TextFormField
from records.text import clean_line

PREVIEW = "mail_text_preview"  # session key: what the HTML frame shows


class TextForm(forms.Form):
    text = TextFormField(label="Nội dung", max_length=1000, rows=3)

    def __init__(self, *args, key, **kwargs):
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_text(self):
        found = problems(self.key, self.cleaned_data["text"])
        if found:
            raise forms.ValidationError(found)
        return clean_line(self.cleaned_data["text"])


@admin.register(MailText)
class MailTextAdmin(RoleAdmin, admin.ModelAdmin):
    """The stock pages lead to the portal's own: a text is chosen by its key, whether changed or not."""

    can_add = False  # which texts there are is the portal's; each has its words from the start

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("loi/<slug:key>/", view(self.edit_view), name="notices_mailtext_edit"),
            path("loi/<slug:key>/html/", view(self.html_view), name="notices_mailtext_html"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        changed = load()
        mails = {mail: {"name": name, "rows": []} for mail, name in MAILS.items()}
        for key, words in TEXTS.items():
            row = {"key": key, "label": words.label, "text": changed.get(key, words.default), "changed": key in changed}
            mails[mail_of(key)]["rows"].append(row)
        return self._page(request, "admin/mail_texts.html", {"title": "Lời thư", "mails": mails.values()})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = get_object_or_404(MailText, pk=object_id)
        return redirect("admin:notices_mailtext_edit", row.key)

    def edit_view(self, request, key):
        """Preview first, then save; a refusal keeps what was typed."""
        self._must_edit(request, key)
        current = load().get(key, TEXTS[key].default)
        posted = request.method == "POST"
        if posted and request.POST.get("act") == "reset":
            return self._store(request, key, None)
        form = TextForm(request.POST if posted else None, key=key, initial={"text": current})
        if posted and form.is_valid() and request.POST.get("act") == "save":
            return self._store(request, key, form.cleaned_data["text"])
        shown = form.cleaned_data["text"] if posted and form.is_valid() else current
        request.session[PREVIEW] = [key, shown]
        subject, text, _ = preview(key, shown)
        samples = sample_values()
        context = {"form": form, "words": TEXTS[key], "subject": subject, "text": text, "key": key}
        context["refused"] = posted and not form.is_valid()
        context["frame_height"] = frame_height(text)
        context["names"] = [(f"{{{name}}}", samples[name]) for name in TEXTS[key].names]
        context["list_url"] = reverse("admin:notices_mailtext_changelist")
        return self._page(request, "admin/mail_text.html", {"title": title_of(key), **context})

    def html_view(self, request, key):
        """The HTML part of the preview, for the frame."""
        self._must_edit(request, key)
        shown_key, shown = request.session.get(PREVIEW, [key, TEXTS[key].default])
        return html_part(preview(key, shown if shown_key == key else TEXTS[key].default)[2])

    def _must_edit(self, request, key):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if key not in TEXTS:
            raise Http404

    def _store(self, request, key, text):
        if text is None or text == TEXTS[key].default:
            MailText.objects.filter(key=key).delete()
            words = "Đã trở về lời mặc định."
        else:
            MailText.objects.update_or_create(key=key, defaults={"text": text})
            words = "Đã lưu; các thư từ nay dùng lời này."
        detail = {"key": key, "text": text or TEXTS[key].default}
        audit(action="mail_text.changed", actor=request.user, now=timezone.now(), label=title_of(key), detail=detail)
        messages.success(request, words)
        return redirect("admin:notices_mailtext_changelist")

    def _page(self, request, template, context):
        context = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, template, {"may_edit": self.may_edit(request), **context})
