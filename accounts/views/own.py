"""A person's own account: particulars, roles, password, and the unit worked for."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import PasswordChangeForm, ProfileForm
from accounts.invitations import MailRefused, tell_former_address
from accounts.middleware import UNIT_SESSION_KEY
from accounts.profile import change_password, save_profile


@login_required
def profile(request):
    """Particulars to correct, roles to read, and the ways to the unit's people and signers."""
    form = ProfileForm(request.POST or None, user=request.user, roles=request.actor.dept_roles)
    if request.method == "POST" and form.is_valid():
        former, now = request.user.email, timezone.now()
        save_profile(user=request.user, details=form.cleaned_data, now=now)
        messages.success(request, "Đã lưu thông tin tài khoản.")
        if former.lower() != request.user.email.lower():
            _address_changed(request, former, now)
        return redirect("accounts:profile")
    memberships = request.user.memberships.select_related("unit").order_by("-valid_from", "pk")
    context = {"form": form, "memberships": memberships, "today": timezone.localdate(), "actor": request.actor}
    return render(request, "accounts/profile.html", context)


def _address_changed(request, former, now):
    """A slip in the address would silently end all reminders: say where they go from now on, here and at the old one."""
    now_to = request.user.email
    messages.warning(request, f"Từ nay thư nhắc gửi đến {now_to}. Kiểm tra lại từng chữ; nếu sai, sửa ngay ở dưới.")
    try:
        tell_former_address(user=request.user, former=former, now=now)
    except MailRefused:
        messages.warning(
            request, f"Thư báo thay đổi đến địa chỉ cũ {former} chưa gửi được; địa chỉ mới vẫn có hiệu lực."
        )


@login_required
@sensitive_post_parameters()
def password(request):
    """Change the password; the person stays signed in here and is signed out everywhere else."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_password(user=request.user, password=form.cleaned_data["new_password1"], now=timezone.now())
        update_session_auth_hash(request, request.user)
        messages.success(request, "Đã đổi mật khẩu. Các lần đăng nhập ở máy khác đã kết thúc.")
        return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form})


@login_required
def switch_unit(request):
    """Choose the unit worked for, among one's own; kept in the session. Opened as a link it leads to the account."""
    if request.method != "POST":
        return redirect("accounts:profile")
    wanted = request.POST.get("unit", "")
    unit = next((unit for unit in request.actor.units if str(unit.pk) == wanted), None)
    if unit is None:
        raise Http404
    request.session[UNIT_SESSION_KEY] = unit.pk
    messages.success(request, f"Đang làm việc cho {unit}.")
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return redirect(there if safe else reverse("home"))
