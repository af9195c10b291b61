"""The outbox in the admin: every mail as it was sent, and the ways out of failure and doubt. Doormen only."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import MAIL_READERS, PROGRAMME_EDITORS, ReadOnlyAdmin
from notices.leaving import outlook
from notices.ledger_pages import HAND_LABELS, LogForm, SettleForm, dress, mail_page, outbox_page, person_page
from notices.mail_part import html_part
from notices.models import Mail
from notices.settling import NOTHING_FOUND, settle_by_hand, settle_from_log, settle_many
from notices.states import BY_HAND, RETRY, SEND_ANEW, MoveRefused, may, still_refused
from records.addresses import client_address
from records.dates import format_datetime
from records.text import whole_number

MOST = 200  # mails settled in one go
WORDS = {
    "retry": (
        "Thư vào lại hàng chờ với địa chỉ hiện nay của người nhận và cùng Message-ID. Thư nhắc được viết lại lúc gửi; "
        "thư khác đi đúng nội dung đã lập."
    ),
    "arrived": "Ghi nhận thư đã đến người nhận; các mốc nhắc trong thư được tính là đã nhắc.",
    "not_arrived": "Ghi nhận thư không đến người nhận và không gửi lại; các mốc nhắc trong thư không được tính là đã "
    "nhắc. Sau này nếu cần vẫn chọn được “Gửi lại”.",
    "send_anew": "Thư được gửi thêm một lần với cùng Message-ID. Nếu lần trước thật ra đã đến, người nhận có hai bản.",
}


def posted(request, *data):
    """What a form is bound to: ``data`` where the page was posted, also when nothing was filled in."""
    return data if request.method == "POST" else ()


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """List with counts per state, one mail's page, one person's page, the relay's log."""

    view_roles = MAIL_READERS

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("nhat-ky/", view(self.log_view), name="notices_mail_log"),
            path("nguoi/<int:person_id>/", view(self.person_view), name="notices_mail_person"),
            path("<int:pk>/html/", view(self.html_view), name="notices_mail_html"),
            path("<int:pk>/xu-ly/<str:action>/", view(self.act_view), name="notices_mail_act"),
            *super().get_urls(),
        ]

    def may_settle(self, request) -> bool:
        return request.actor.has_any(PROGRAMME_EDITORS)

    def changelist_view(self, request, extra_context=None):
        """Newest first; POST settles the mails that are ticked, after a confirmation."""
        self._must_view(request)
        if request.method == "POST":
            return self._bulk(request)
        context = {"title": "Thư", "may_settle": self.may_settle(request), **outbox_page(request.GET)}
        return self._page(request, "admin/mails.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One mail as it was sent; nothing is edited here."""
        mail = self._mail(request, object_id)
        context = {
            "title": mail.subject or "Thư",
            "may_settle": self.may_settle(request),
            **mail_page(mail, now=timezone.now()),
        }
        return self._page(request, "admin/mail.html", context)

    def html_view(self, request, pk):
        return html_part(self._mail(request, pk).html)

    def person_view(self, request, person_id):
        """Everything this person got."""
        self._must_view(request)
        context = person_page(get_object_or_404(User, pk=person_id), request.GET)
        return self._page(request, "admin/mail_person.html", {"title": "Thư và tin đã nhận", **context})

    def act_view(self, request, pk, action):
        """Confirm and take one settlement of one mail."""
        mail = self._mail(request, pk)
        self._must_settle(request, action)
        form = SettleForm(*posted(request, request.POST), action=action)
        if request.method == "POST" and form.is_valid():
            try:
                settle_by_hand(mail_id=mail.pk, action=action, note=form.cleaned_data["note"], **self._who(request))
                messages.success(request, f"Đã ghi nhận “{HAND_LABELS[action]}”.")
            except MoveRefused as refusal:
                messages.error(request, str(refusal))
            return redirect(dress(mail).page)
        if not may(action, mail.state) and request.method != "POST":
            messages.warning(request, "Thư đã đổi trạng thái; trang dưới đây là tình trạng hiện nay.")
            return redirect(dress(mail).page)
        rows = [
            ("Tiêu đề", mail.subject),
            ("Người nhận", f"{mail.person} – {mail.person.email or 'chưa có thư điện tử'}"),
        ]
        ahead = outlook(mail, now=timezone.now()) if action in (RETRY, SEND_ANEW) else None
        if ahead:
            rows[0] = ("Tiêu đề", ahead.subject)
            rows += [("Gửi sớm nhất lúc", format_datetime(ahead.at))] if ahead.text else []
        unchanged = [mail] if still_refused(action, mail) else []
        return self._confirm(request, action, form, rows=rows, ahead=ahead, unchanged=unchanged, back=dress(mail).page)

    def log_view(self, request):
        """Read the relay's log and settle what it knows of."""
        self._must_settle(request)
        form = LogForm(*posted(request, request.POST, request.FILES))
        if request.method == "POST" and form.is_valid():
            done = settle_from_log(form.each_line(), **self._who(request))
            if not done.knew_none:
                messages.success(
                    request,
                    f"Đã đọc nhật ký: {done.sent} thư đã đến, {done.failed} thư bị trả lại, {done.waiting} thư máy "
                    f"chủ còn đang thử, {done.absent} thư không có trong nhật ký.",
                )
                return redirect(f"{reverse('admin:notices_mail_changelist')}?state=unknown")
            form.add_error(None, NOTHING_FOUND)
        unknown = Mail.objects.filter(state=Mail.State.UNKNOWN).count()
        context = {"title": "Đọc nhật ký máy chủ thư", "form": form, "unknown": unknown}
        return self._page(request, "admin/mail_log.html", context)

    def _bulk(self, request):
        action, back = request.POST.get("action", ""), reverse("admin:notices_mail_changelist")
        ids = [pk for pk in map(whole_number, request.POST.getlist("selected")) if pk is not None]
        if not ids or action not in HAND_LABELS or len(ids) > MOST:
            messages.warning(request, f"Chọn một việc và từ 1 đến {MOST} thư, rồi bấm “Tiếp tục”.")
            return redirect(request.get_full_path())
        self._must_settle(request, action)
        confirmed = "confirmed" in request.POST
        form = SettleForm(request.POST if confirmed else None, action=action)
        if confirmed and form.is_valid():
            done = settle_many(mail_ids=ids, action=action, note=form.cleaned_data["note"], **self._who(request))
            messages.success(request, f"{HAND_LABELS[action]}: {done.done} thư.")
            for reason in sorted({reason for _, reason in done.refused}):
                number = sum(reason == other for _, other in done.refused)
                messages.warning(request, f"{number} thư giữ nguyên. {reason}")
            return redirect(f"{back}?state={BY_HAND[action][0]}")
        chosen = Mail.objects.filter(pk__in=ids).select_related("person").defer("text", "html", "context")
        mails = [dress(mail) for mail in chosen]
        fitting = sum(may(action, mail.state) for mail in mails)
        unchanged = [mail for mail in mails if still_refused(action, mail)]
        return self._confirm(request, action, form, mails=mails, fitting=fitting, unchanged=unchanged, back=back)

    def _confirm(self, request, action, form, **context):
        context |= {
            "title": HAND_LABELS[action],
            "action": action,
            "text": WORDS[action],
            "danger": action == SEND_ANEW,
            "form": form,
        }
        return self._page(request, "admin/mail_confirm.html", context)

    def _page(self, request, template, context):
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), **context})

    def _mail(self, request, pk):
        self._must_view(request)
        return get_object_or_404(Mail.objects.select_related("person"), pk=whole_number(pk))

    def _must_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _must_settle(self, request, action=None):
        if not self.may_settle(request):
            raise PermissionDenied("Chuyên viên, trưởng phòng hoặc quản trị hệ thống mới xử lý được thư.")
        if action is not None and action not in HAND_LABELS:
            raise Http404("Không có việc này.")

    @staticmethod
    def _who(request):
        return {"user": request.user, "now": timezone.now(), "ip": client_address(request)}
