"""Pages of the portal as a whole: what is to be done, the guide, the mails of the trial run."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from kltn_portal.todo import home_context
from notices import outbox_files
from notices.mail_part import frame_height, html_part


@login_required
def home(request):
    """“Việc cần làm” of the unit worked for; people of the Sở have their own first page."""
    if request.actor.is_department:
        return redirect("admin:index")
    if request.actor.unit is None:
        return render(request, "notices/no_role.html")
    return render(request, "home.html", home_context(request.actor, now=timezone.now()))


def guide(request):
    """How to use the portal."""
    return render(request, "guide.html")


def outbox(request):
    """Mails of the trial run, newest first; 404 in production."""
    _trial_only()
    page = Paginator(outbox_files.names(), 25).get_page(request.GET.get("page"))
    mails = [mail for mail in map(outbox_files.read, page.object_list) if mail]
    return render(request, "outbox.html", {"page_obj": page, "mails": mails})


def outbox_mail(request, name):
    """One mail in both parts; ``?phan=html`` is the HTML part alone, for the frame of the page."""
    _trial_only()
    mail = outbox_files.read(name)
    if mail is None:
        raise Http404("Không có thư này.")
    if request.GET.get("phan") == "html":
        return html_part(mail.html)
    return render(request, "notices/outbox_mail.html", {"mail": mail, "frame_height": frame_height(mail.text)})


def _trial_only():
    if not (settings.DEMO or settings.DEBUG):
        raise Http404("Trang này chỉ có trong bản dùng thử.")
