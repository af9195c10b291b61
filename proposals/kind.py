"""What the floor of dossiers asks about a proposal."""

from django.urls import reverse

from dossiers.codes import next_number
from dossiers.kinds import DossierKind
from proposals import checks, items, outcomes, timing
from proposals.process import KIND, PROCESS


class ProposalKind(DossierKind):
    """Proposals on Mẫu I.01-ĐHNV."""

    code = KIND
    label = "Đề xuất nhiệm vụ"
    process = PROCESS
    reading_template = "proposals/_reading.html"
    paper_template = "proposals/paper.html"

    def snapshot(self, dossier):
        return items.snapshot(dossier)

    def problems(self, dossier):
        return [finding.problem(dossier.pk) for finding in checks.findings_of(dossier)]

    def refusal(self, dossier, step, *, now):
        return timing.sending_refusal(dossier, step, now=now)

    def clean_step(self, dossier, step, data):
        return outcomes.clean(dossier, step, data)

    def new_code(self, dossier):
        """ĐX-2027-0042: running number of the plan year."""
        year = dossier.proposal.call.plan_year
        return f"ĐX-{year}-{next_number(kind=KIND, year=year):04d}"

    def after_step(self, *, dossier, step, event, data, now):
        outcomes.keep(dossier=dossier, step=step, event=event, data=data, now=now)

    def on_time(self, dossier):
        return timing.on_time(dossier)

    def path(self, dossier):
        return reverse("proposals:detail", args=[dossier.pk])

    def edit_path(self, dossier):
        return reverse("proposals:edit", args=[dossier.pk])

    def admin_path(self, dossier):
        return reverse("admin:proposals_proposal_change", args=[dossier.pk])

    def round_admin_path(self, round_id):
        return reverse("admin:proposals_call_change", args=[round_id])
