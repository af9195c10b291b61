from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    verbose_name = "Hồ sơ"

    def ready(self):
        from dossiers import search_index  # noqa: F401 – registers its check
        from dossiers.duties import LetterProvider, ReworkProvider, SignatureProvider
        from dossiers.weekly import weekly
        from notices.duties import register
        from notices.weekly import register_weekly

        register(LetterProvider())
        register(SignatureProvider())
        register(ReworkProvider())
        register_weekly("dossiers", weekly)
