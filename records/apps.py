from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Sổ lưu"

    def ready(self):
        from records import search_index  # noqa: F401 – registers its check
