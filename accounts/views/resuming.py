"""“Gửi tiếp”: what was typed before the session ended, shown after sign-in and sent once more on demand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from accounts import resuming


@login_required
def resume(request):
    """Show what waits; POST forgets it – sending it again goes to the address it was meant for."""
    if request.method == "POST":
        resuming.forget(request)
        messages.success(request, "Đã bỏ nội dung nhập trước khi đăng nhập.")
        return redirect("home")
    kept = resuming.waiting(request)
    if kept is None or kept["too_long"]:  # the sign-in page has said where a long text still stands
        resuming.forget(request)
        return redirect("home")
    context = {"kept": kept, "typed": resuming.typed(kept["fields"])}
    return render(request, "accounts/resume.html", context)
