from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = "Đề xuất nhiệm vụ"

    def ready(self):
        from dossiers import kinds
        from notices import duties as notices_duties
        from proposals import duties
        from proposals.kind import ProposalKind

        kinds.register(ProposalKind())
        notices_duties.register(duties.ReturnedProvider())
        notices_duties.register(duties.ClosingProvider())
