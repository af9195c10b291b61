"""One-use links: password forgotten, and the page behind every link."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import PasswordResetConfirmView
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.forms import ForgottenForm, NewPasswordForm
from accounts.invitations import MailRefused, send_forgotten
from accounts.profile import change_password
from records.addresses import client_address


def forgotten(request):
    """Ask for a link; a known and an unknown address get the same answer."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = client_address(request)
        try:
            send_forgotten(
                email=form.cleaned_data["email"], address=address, now=timezone.now(), base_url=settings.SITE_URL
            )
        except MailRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("accounts:forgotten-sent")
    return render(request, "accounts/forgotten.html", {"form": form})


def forgotten_sent(request):
    """What to expect after asking."""
    return render(request, "accounts/forgotten_sent.html", {"days": settings.PASSWORD_RESET_TIMEOUT // 86400})


class ResetView(PasswordResetConfirmView):
    """Choose a password behind a one-use link. The token moves to the session, so it stays out of Referer."""

    template_name = "accounts/reset.html"
    form_class = NewPasswordForm

    def form_valid(self, form):
        """Save; a new person is let in to check the particulars, everybody else signs in as always."""
        user, new_here = self.user, self.user.last_login is None
        change_password(user=user, password=form.cleaned_data["new_password1"], now=timezone.now())
        self.request.session.pop("_password_reset_token", None)
        if not new_here or not user.is_active:
            messages.success(self.request, "Đã đặt mật khẩu mới. Đăng nhập để tiếp tục.")
            return redirect("accounts:login")
        login(self.request, user)
        messages.success(self.request, "Tài khoản đã mở. Kiểm tra họ tên, điện thoại, thư điện tử dưới đây.")
        return redirect("accounts:profile")
