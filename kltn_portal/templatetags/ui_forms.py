"""Form rendering behind the ui tags: classes, ids, aria, and the list of errors."""

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet

CHOICE_LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _kind(widget):
    if isinstance(widget, CHOICE_LISTS):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "text"


CLASSES = {"check": "form-check-input", "select": "form-select", "choices": "form-check-input"}


def render_control(bound, extra=None):
    """The field's widget with Bootstrap class, aria-invalid and aria-describedby (Django writes the last two)."""
    widget = bound.field.widget
    kind = _kind(widget)
    attrs = dict(extra or {})
    names = [widget.attrs.get("class", ""), CLASSES.get(kind, "form-control"), attrs.pop("class", "")]
    if bound.errors:
        names.append("is-invalid")
    attrs["class"] = " ".join(dict.fromkeys(" ".join(names).split()))
    if isinstance(widget, forms.Textarea):
        attrs.setdefault("data-grow", "")
    return bound.as_widget(attrs=attrs)


def field_context(bound, label, help_text, show_label, optional, wrapper):
    """Context of components/field.html."""
    # Set on the bound field, because Django points aria-describedby at "<id>_helptext" only when it has help.
    if help_text is not None:
        bound.help_text = help_text
    kind = _kind(bound.field.widget)
    if kind == "choices":
        for option in bound.subwidgets:
            option.data["attrs"]["class"] = CLASSES["choices"]
    return {
        "bound": bound,
        "kind": kind,
        "label": bound.label if label is None else label,
        "control": "" if bound.is_hidden else render_control(bound),
        "show_label": show_label,
        "optional": optional and not bound.field.required and not bound.field.disabled,
        "wrapper": wrapper,
    }


def _field_errors(form):
    for bound in form:
        for sentence in bound.errors:
            # A choice list has no element with the field's own id: its first option is the target.
            target = bound.id_for_label or (f"{bound.auto_id}_0" if _kind(bound.field.widget) == "choices" else "")
            yield f"#{target or bound.auto_id}", f"{bound.label}: {sentence}" if bound.label else sentence


def collect_errors(sources):
    """(href, sentence) of every error in forms, formsets and lists of them, in the order of the page."""
    for source in sources:
        if source is None or source == "":
            continue
        if isinstance(source, BaseFormSet):
            yield from (("", sentence) for sentence in source.non_form_errors())
            yield from collect_errors(source.forms)
        elif isinstance(source, forms.BaseForm):
            if source.is_bound:
                yield from (("", sentence) for sentence in source.non_field_errors())
                yield from _field_errors(source)
        elif isinstance(source, BoundField):
            yield from ((f"#{source.auto_id}", sentence) for sentence in source.errors)
        else:
            yield from collect_errors(source)
