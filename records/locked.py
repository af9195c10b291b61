"""A field that may no longer be changed stands as text: a greyed box looks as if one had only to find the key."""

from django import forms
from django.utils.html import format_html

from records.dates import format_date


class LockedText(forms.Widget):
    """Shows the value of a disabled field in words; sends nothing back."""

    def __init__(self, field):
        super().__init__()
        self.field = field

    def render(self, name, value, attrs=None, renderer=None):
        return format_html('<div class="readonly">{}</div>', in_words(self.field, value) or "–")

    def id_for_label(self, id_):
        return ""  # nothing there that a click could lead to

    def value_omitted_from_data(self, data, files, name):
        return False


def lock(field, why):
    """Disable ``field`` of a form and show its value as text, with the reason below."""
    field.disabled, field.help_text = True, why
    field.widget = LockedText(field)


def in_words(field, value):
    """What a person calls the value of a form field."""
    if isinstance(field, forms.ModelChoiceField):
        return str(field.to_python(value)) if value else ""
    if isinstance(field, forms.BooleanField):
        return "Có" if value else "Không"
    if isinstance(field, forms.ChoiceField):
        return {str(key): label for key, label in field.choices}.get(str(value), "")
    if isinstance(field, forms.DateField):
        return format_date(field.to_python(value)) if value else ""
    return "" if value is None else str(value)
