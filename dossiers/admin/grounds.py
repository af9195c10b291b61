"""The fields in which the grounds of a moved deadline are typed."""

from django import forms

from dossiers.grounds import GROUNDS, LETTER, Grounds
from records.formfields import DateField, LineFormField, TextFormField

NOT_PREVIEWED = (
    "Chưa lưu: bảng thư nhắc trước đó không tính theo ngày vừa ghi. Bảng dưới đây đã tính lại; xem rồi chọn “{}” lần "
    "nữa. Căn cứ đã ghi vẫn còn."
)


class GroundsForm(forms.Form):
    """Asked for when the new day is saved, not when it is tried: no field is required here."""

    by = forms.ChoiceField(label="Căn cứ", choices=list(GROUNDS.items()), initial=LETTER, required=False)
    number = LineFormField(label="Số, ký hiệu văn bản", max_length=60, required=False)
    dated = DateField(label="Ngày văn bản hoặc ngày gọi", required=False)
    decided_by = LineFormField(label="Người quyết định", max_length=150, required=False)
    reason = TextFormField(label="Lý do", max_length=500, rows=2, required=False)
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)  # the days the table on the page was made of

    @property
    def days_key(self) -> str:
        """The days typed, as one word; what ``previewed`` must say before they are saved."""
        raise NotImplementedError

    def was_previewed(self, save_label) -> bool:
        """Was the table on the page made of these very days? Otherwise the refusal asks to look again."""
        if self.cleaned_data["previewed"] == self.days_key:
            return True
        self.add_error(None, NOT_PREVIEWED.format(save_label))
        return False

    @property
    def grounds(self):
        values = {name: self.cleaned_data[name] for name in ("number", "dated", "decided_by", "reason")}
        return Grounds(by=self.cleaned_data["by"] or LETTER, **values)
