"""Items 8 and 9: products as rows, and the effects."""

from crispy_forms.layout import Layout
from django import forms
from django.forms.formsets import formset_factory
from django.template.loader import render_to_string

from proposals.forms import BODY_LIMIT, DraftForm, TheirText
from proposals.items import LABELS
from proposals.models import Product
from records.formfields import LineFormField, NumberField, TextFormField
from records.numbers import format_number

PREFIX = "products"
MOST_ROWS = 60
_COLUMNS = ("name", "form", "unit_of_measure", "quantity", "target")
_EMPTY = {"name": "", "form": "", "unit_of_measure": "", "quantity": None, "target": ""}


class ProductForm(forms.Form):
    use_required_attribute = False
    name = LineFormField(label="Tên sản phẩm", max_length=300, required=False)
    form = forms.ChoiceField(label="Dạng", choices=[("", "– chọn –"), *Product.Form.choices], required=False)
    unit_of_measure = LineFormField(label="ĐVT", max_length=50, required=False)
    quantity = NumberField(label="Số lượng", places=2, min_value=0, max_value=999_999_999, required=False)
    target = TextFormField(label="Yêu cầu, chỉ tiêu cần đạt", max_length=5000, rows=2, required=False)

    def row(self) -> dict:
        """The readable values of the row."""
        return {name: self.cleaned_data.get(name, _EMPTY[name]) for name in _COLUMNS}


_ProductFormSet = formset_factory(
    ProductForm, extra=2, can_delete=True, max_num=MOST_ROWS, absolute_max=2 * MOST_ROWS, validate_max=True
)


class ProductRows(_ProductFormSet):
    """Rows replace the stored ones as a whole, so autosave can never double one."""

    def get_deletion_widget(self):
        # Ticked by the button “Bỏ dòng”; without JavaScript a row is removed by emptying its boxes.
        return forms.CheckboxInput(attrs={"class": "d-none", "tabindex": "-1"})

    default_error_messages = {
        **_ProductFormSet.default_error_messages,
        "too_many_forms": f"Tối đa {MOST_ROWS} sản phẩm. Gộp bớt dòng rồi lưu lại.",
        "missing_management_form": "Danh sách sản phẩm chưa về đủ. Tải lại trang rồi nhập lại.",
    }

    def rows(self, stored):
        """Rows to keep in their order, empty and removed ones left out; ``None`` when the list itself is unreadable.

        Where a quantity cannot be read, that of the stored product of the same name stays.
        """
        if self.non_form_errors():
            return None
        before = {row["name"]: row for row in stored}
        kept = []
        for form in self.forms:
            if form.cleaned_data.get("DELETE"):
                continue
            row = form.row()
            for name in form.errors:
                if name in _COLUMNS:
                    row[name] = before.get(row["name"], _EMPTY)[name]
            if any(value not in ("", None) for value in row.values()):
                kept.append(row)
        return kept


class Products:
    """Crispy layout object: item 8 as rows that can be added and removed."""

    def render(self, form, context, template_pack=None, **kwargs):
        return render_to_string("proposals/_products.html", {"rows": form.products, "label": f"8. {LABELS['8']}"})


class ResultsForm(DraftForm):
    effects = TextFormField(label=f"9. {LABELS['9']}", max_length=BODY_LIMIT, rows=8)

    def __init__(self, data=None, *, dossier, initial=None, **kwargs):
        self.stored = (initial or {}).get("products", [])
        rows = [{**row, "quantity": row["quantity"]} for row in self.stored]
        self.products = ProductRows(data, prefix=PREFIX, initial=rows if data is None else None)
        super().__init__(data, dossier=dossier, initial=initial, **kwargs)

    def layout(self):
        return Layout(TheirText("products"), Products(), *self.boxes("effects"))

    def readable(self):
        values = super().readable()
        self.products.is_valid()
        rows = self.products.rows(self.stored)
        return values if rows is None else {**values, "products": rows}

    def unreadable(self):
        found = super().unreadable()
        for form in self.products.forms:
            found.update({form.add_prefix(name): list(sentences) for name, sentences in form.errors.items()})
        if self.products.non_form_errors():
            found["__all__"] = list(self.products.non_form_errors())
        return found

    def echo(self):
        return {
            form.add_prefix("quantity"): format_number(form.cleaned_data["quantity"])
            for form in self.products.forms
            if form.cleaned_data.get("quantity")
        }

    def error_sources(self):
        return [self.products, self]
