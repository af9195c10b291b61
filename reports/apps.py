from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Báo cáo Chương trình"

    def ready(self):
        from dossiers import kinds
        from notices import duties
        from notices.weekly import register_weekly
        from reports.duties import ReportProvider, SupplementProvider
        from reports.kind import ReportKind
        from reports.reconciling import ReconcileProvider
        from reports.weekly import weekly

        kinds.register(ReportKind())
        duties.register(ReportProvider())
        duties.register(SupplementProvider())
        duties.register(ReconcileProvider())
        register_weekly("reports", weekly)
