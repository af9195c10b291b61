"""“Người của đơn vị” and “Người ký”: lists a unit keeps itself."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import upkeep
from accounts.forms import EndForm, PersonForm, SignerForm
from accounts.invitations import MailRefused, invite
from accounts.models import Membership, Signer
from districts.models import Unit


def _unit(request, unit_id):
    """The unit of the page: the one worked for, or one named in the address that this person may see; else 404."""
    if unit_id is None:
        if request.actor.unit is None:
            raise Http404
        return request.actor.unit
    if not request.actor.is_department and unit_id not in request.actor.unit_ids:
        raise Http404
    return get_object_or_404(Unit, pk=unit_id)


def _mine(queryset, actor):
    """Rows of the actor's own units; the Sở sees all."""
    return queryset if actor.is_department else queryset.filter(unit_id__in=actor.unit_ids)


@login_required
def people(request, unit_id=None):
    """The unit's people with their roles; its leader adds one and an invitation goes out."""
    unit = _unit(request, unit_id)
    form = PersonForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            row = upkeep.add_person(unit=unit, details=form.cleaned_data, actor=request.actor, now=timezone.now())
        except upkeep.UpkeepRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            _invite(request, row.user)
            return redirect("accounts:people", unit.pk)
    rows = Membership.objects.filter(unit=unit).select_related("user").order_by("user__full_name", "user_id", "pk")
    verdict = upkeep.may_keep_people(request.actor, unit.pk)
    return render(request, "accounts/people.html", _page(unit, rows, form, verdict))


@login_required
def invite_again(request, pk):
    """Send a fresh link: a first one that expired, or an account idle for long (practice.md 15)."""
    row = get_object_or_404(_mine(Membership.objects.exclude(unit=None), request.actor), pk=pk)
    if request.method != "POST":
        return redirect("accounts:people", row.unit_id)
    verdict = upkeep.may_keep_people(request.actor, row.unit_id)
    if verdict:
        _invite(request, row.user)
    else:
        messages.error(request, verdict.reason)
    return redirect("accounts:people", row.unit_id)


@login_required
def end_membership(request, pk):
    """Ask for the last day of a role."""
    row = get_object_or_404(_mine(Membership.objects.exclude(unit=None), request.actor), pk=pk)
    return _end(
        request,
        row,
        end=lambda **when: upkeep.end_membership(membership=row, actor=request.actor, **when),
        back=reverse("accounts:people", args=[row.unit_id]),
        heading=f"Kết thúc vai trò của {row.user}",
        rows=[("Vai trò", row.get_role_display()), ("Đơn vị", row.unit.name)],
        text="Việc đã làm và lịch sử hồ sơ được giữ nguyên. Để ngừng ngay từ bây giờ, ghi ngày hôm qua.",
    )


@login_required
def signers(request, unit_id=None):
    """Who signs on paper for the unit; leader and clerk keep the list."""
    unit = _unit(request, unit_id)
    form = SignerForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            upkeep.add_signer(unit=unit, details=form.cleaned_data, actor=request.actor, now=timezone.now())
        except upkeep.UpkeepRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã thêm người ký.")
            return redirect("accounts:signers", unit.pk)
    verdict = upkeep.may_keep_signers(request.actor, unit.pk)
    rows = unit.signers.order_by("full_name", "pk")
    return render(request, "accounts/signers.html", _page(unit, rows, form, verdict))


@login_required
def end_signer(request, pk):
    """Ask for the last day of a right to sign."""
    row = get_object_or_404(_mine(Signer.objects.all(), request.actor), pk=pk)
    return _end(
        request,
        row,
        end=lambda **when: upkeep.end_signer(signer=row, actor=request.actor, **when),
        back=reverse("accounts:signers", args=[row.unit_id]),
        heading=f"Kết thúc quyền ký của {row.full_name}",
        rows=[("Chức vụ", row.post), ("Thẩm quyền ký", row.get_authority_display()), ("Đơn vị", row.unit.name)],
        text="Văn bản đã ghi nhận giữ nguyên tên người ký.",
    )


def _end(request, row, *, end, back, **page):
    """The confirming page of both endings."""
    today = timezone.localdate()
    form = EndForm(request.POST or None, initial={"valid_to": today})
    if request.method == "POST" and form.is_valid():
        try:
            end(last_day=form.cleaned_data["valid_to"], today=today, now=timezone.now())
        except upkeep.UpkeepRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã ghi ngày kết thúc.")
            return redirect(back)
    context = {"form": form, "cancel_url": back, "confirm_label": "Kết thúc", "danger": True, **page}
    return render(request, "components/confirm.html", context)


def _invite(request, user):
    """Mail the link; when the mail server is away the person stays added and the page says what to do."""
    try:
        invite(user=user, by=request.user, now=timezone.now(), base_url=settings.SITE_URL)
    except MailRefused as refusal:
        messages.warning(request, f"{refusal} Khi hệ thống thư hoạt động lại, chọn “Gửi lại thư mời”.")
    else:
        messages.success(request, f"Đã gửi thư mời đến {user.email}.")


def _page(unit, rows, form, verdict):
    today = timezone.localdate()
    running = [row for row in rows if row.valid_to is None or row.valid_to >= today]
    ended = [row for row in rows if row.valid_to is not None and row.valid_to < today]
    return {"unit": unit, "running": running, "ended": ended, "form": form, "verdict": verdict}
