"""Model fields that keep text in one form on every way into the database, update() and bulk_create() included."""

from django.db import models

from .text import clean_line, clean_text


class _CleanedField:
    cleaner = None

    def to_python(self, value):
        value = super().to_python(value)
        return self.cleaner(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return self.cleaner(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = self.cleaner(value)
            setattr(model_instance, self.attname, value)
        return value


class LineField(_CleanedField, models.CharField):
    """One line of text (names, titles). Lookups are cleaned too: use no leading space in a term."""

    cleaner = staticmethod(clean_line)


class BodyField(_CleanedField, models.TextField):
    """Text of several lines, NFC, newlines as \\n."""

    cleaner = staticmethod(clean_text)
