from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    verbose_name = "Hồ sơ"

    def ready(self):
        from dossiers.duties import LetterProvider, SignatureProvider
        from notices.duties import register

        register(LetterProvider())
        register(SignatureProvider())
