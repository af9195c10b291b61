"""DossierAdmin: what the admin of every kind of dossier shares. Doormen only; the door decides."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from districts.workdays import load_calendar
from dossiers import assigning, bulk, kinds
from dossiers.admin.filters import DossierFilter
from dossiers.admin.panel import AssignForm, facts, panels
from dossiers.door import take_step
from dossiers.inputs import StepForm
from dossiers.listing import MOST, days_waiting, page_of
from dossiers.models import Dossier
from dossiers.pages import page_context
from dossiers.refusals import StepRefused
from records.staff import NOBODY, RoleAdmin
from records.text import whole_number


class DossierAdmin(RoleAdmin):
    """List and reading page of one kind. Nothing is edited here: steps, assignment and remarks only."""

    kind_code = ""
    edit_roles = NOBODY  # no raw change form for anybody
    can_add = can_change = False
    per_page = 100
    list_related = ("unit", "holder", "theme", "assignee", "round")
    list_title = ""
    list_lede = ""
    list_links = ()  # (label, url name) beside the list's title
    with_theme = True
    with_timing = False

    # --- for each kind to say ----------------------------------------------------------------------

    def by_timing(self, rows, wish):
        """``rows`` narrowed to those in time or late."""
        return rows

    def timings(self, rows, calendar) -> dict:
        """``{pk: (tone, words)}`` for one page of rows, in a constant number of queries."""
        return {}

    def lede(self, dossier) -> str:
        """The line under the title of the reading page."""
        return dossier.unit.body_name

    # --- addresses ---------------------------------------------------------------------------------

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        mine = [path("<int:pk>/giao/", view(self.assign_view), name=f"{name}_assign")]
        return [*mine, *super().get_urls()]

    def url(self, view, *args):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}", args=args)

    @property
    def kind(self):
        return kinds.get(self.kind_code)

    def visible(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return Dossier.objects.visible_to(request.actor).filter(kind=self.kind_code)

    def dossier(self, request, pk):
        rows = self.visible(request).select_related("unit", "holder", "round", "theme", "assignee")
        return get_object_or_404(rows, pk=whole_number(pk))

    # --- the list ----------------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        """Newest first; POST asks for one step for the rows that are ticked."""
        rows = self.visible(request)
        if request.method == "POST":
            return self._bulk(request)
        form = DossierFilter(
            request.GET,
            kind=self.kind,
            actor=request.actor,
            with_theme=self.with_theme,
            with_timing=self.with_timing,
        )
        found = self.by_timing(form.apply(rows), form.cleaned_data.get("timing"))
        page = page_of(
            found.order_by("-submitted_at", "-pk"),
            request.GET.get("page"),
            per_page=self.per_page,
            related=self.list_related,
        )
        context = {
            "title": self.list_title,
            "lede": self.list_lede,
            "links": [(label, reverse(name)) for label, name in self.list_links],
            "filter": form,
            "page_obj": page,
            "lines": self._lines(page.object_list),
            "bulk_steps": self._bulk_steps(request.actor),
            "capped": page.paginator.count >= MOST,
            "noun": self.opts.verbose_name.lower(),
        }
        return self._answer(request, "admin/dossier_list.html", context)

    def _lines(self, rows):
        calendar, process = load_calendar(), self.kind.process
        timings = self.timings(rows, calendar)
        return [
            {
                "dossier": dossier,
                "status": process.status(dossier.status),
                "timing": timings.get(dossier.pk, ("", "")),
                "url": self.url("change", dossier.pk),
            }
            for dossier in rows
        ]

    def _bulk_steps(self, actor):
        return [step for step in self.kind.process.steps if step.bulk and actor.has_any(step.roles)]

    def _bulk(self, request):
        step = self.kind.process.step(request.POST.get("step", ""))
        seen = dict(_pair(text) for text in request.POST.getlist("selected") if _pair(text))
        if step is None or not step.bulk:
            messages.warning(request, "Chọn một việc trong danh sách “Thực hiện cho các hồ sơ đã chọn”.")
        elif not seen:
            messages.warning(request, "Chưa chọn hồ sơ nào. Đánh dấu vào ô đầu dòng rồi chọn việc.")
        else:
            wish = {"seen": seen, "kind": self.kind_code, "action": step.action, "actor": request.actor}
            try:
                if "confirmed" not in request.POST:
                    return self._bulk_confirm(request, step, seen, bulk.preview(**wish, now=timezone.now()))
                self._bulk_told(request, step, bulk.take_steps(**wish, now=timezone.now()))
            except StepRefused as refusal:
                messages.error(request, refusal.message)
        return redirect(request.get_full_path())

    def _bulk_confirm(self, request, step, seen, lines):
        shown = {line.dossier.pk for line in lines}
        context = {
            "title": step.label,
            "list_title": self.list_title,
            "step": step,
            "lines": lines,
            "gone": [pk for pk in seen if pk not in shown],
            "ready": sum(not line.reason for line in lines),
            "back": request.get_full_path(),
        }
        return self._answer(request, "admin/bulk_confirm.html", context)

    def _bulk_told(self, request, step, outcome):
        level = messages.WARNING if outcome.refused else messages.SUCCESS
        messages.add_message(request, level, f"{step.label}: {outcome.sentence}")

    # --- the reading page --------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Read and decide; POST takes one step. A refusal comes back with everything typed."""
        dossier = self.dossier(request, object_id)
        if request.method != "POST":
            return self._page(request, dossier)
        step = self.kind.process.step(request.POST.get("step", ""))
        if step is None or step.letter:
            raise Http404
        form = StepForm(request.POST, step=step, prefix=step.action)
        refused = None
        if form.is_valid():
            try:
                take_step(
                    dossier=dossier,
                    action=step.action,
                    actor=request.actor,
                    now=timezone.now(),
                    **form.step_arguments(),
                )
                return self._taken(request, dossier, step)
            except StepRefused as error:
                refused = None if form.show_refusal(error) else error
                dossier = self.dossier(request, object_id)
        return self._page(request, dossier, posted=form, refused=refused, status=409 if refused else 422)

    def _taken(self, request, dossier, step):
        dossier.refresh_from_db()
        label = self.kind.process.status(dossier.status).label
        messages.success(request, f"Đã ghi nhận “{step.label}”: hồ sơ {dossier} đang ở trạng thái “{label}”.")
        return redirect(self.url("change", dossier.pk))

    def _page(self, request, dossier, *, posted=None, refused=None, status=200):
        now = timezone.now()
        shared = page_context(dossier, actor=request.actor, now=now)
        own, gone = panels(dossier, shared["choices"], posted=posted)
        context = {
            **shared,
            "lede": self.lede(dossier),
            "panels": own,
            "gone": gone,
            "refused": refused,
            "posted": posted,
            "facts": facts(dossier, self.kind.process, actor=request.actor),
            "days": days_waiting(dossier, today=request.actor.today, calendar=load_calendar()),
            "assign_form": AssignForm(
                people=assigning.specialists(today=request.actor.today), initial={"person": dossier.assignee_id}
            ),
            "may_assign": request.actor.has_any(assigning.ASSIGNERS),
            "assign_url": self.url("assign", dossier.pk),
            "list_url": self.url("changelist"),
            "list_title": self.list_title,
        }
        return self._answer(request, "admin/dossier.html", context, status=status)

    def assign_view(self, request, pk):
        """Give the dossier to a specialist."""
        dossier = self.dossier(request, pk)
        form = AssignForm(request.POST, people=assigning.specialists(today=request.actor.today))
        if request.method == "POST" and form.is_valid():
            person = form.cleaned_data["person"]
            try:
                assigning.assign(dossier=dossier, person=person, actor=request.actor, now=timezone.now())
                messages.success(request, f"Đã giao hồ sơ {dossier} cho {person}." if person else "Đã bỏ giao hồ sơ.")
            except StepRefused as refusal:
                messages.error(request, refusal.message)
        elif request.method == "POST":
            messages.error(request, "Người được chọn không còn ở Sở. Chọn lại trong danh sách.")
        return redirect(self.url("change", dossier.pk))

    def _answer(self, request, template, context, *, status=200):
        request.current_app = self.admin_site.name
        full = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, full, status=status)


def _pair(text):
    """``"17:3"`` → (17, 3): a dossier and the version that was read; ``None`` for anything else."""
    pk, version = (whole_number(part) for part in (*text.split(":", 1), "")[:2])
    return None if pk is None or version is None else (pk, version)
