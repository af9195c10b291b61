"""Forms around a dossier: the signed letter, an attached file, a remark."""

from django import forms

from accounts.models import Signer
from dossiers.models import Dossier
from records.formfields import DateField, LineFormField, PdfField, TextFormField, UploadField


class LetterForm(forms.Form):
    """Number, date, signer and signed PDF; which waiting dossiers it covers, in what order.

    The order is typed as numbers beside the dossiers, so it works without a mouse and without JavaScript.
    """

    number = LineFormField(label="Số, ký hiệu", max_length=60, help_text="Ví dụ: 45/BC-UBND")
    issued_on = DateField(label="Ngày ban hành")
    signer = forms.ModelChoiceField(
        Signer.objects.none(),
        label="Người ký",
        required=False,
        empty_label="– người ký khác, ghi ở ô dưới –",
    )
    signer_text = LineFormField(
        label="Người ký (nếu không có trong danh sách)",
        required=False,
        max_length=300,
        help_text="Họ tên, chức vụ. Ví dụ: Nguyễn Văn A, Phó Chủ tịch",
    )
    upload = PdfField(label="Bản ký số (PDF)", help_text="Tệp PDF đã ký số, tối đa 20 MB.")

    def __init__(self, *args, dossiers, chosen, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossiers, self.chosen = dossiers, chosen
        self.fields["signer"].queryset = Signer.objects.valid_on(today).filter(unit=dossiers[0].holder_id)
        if not self.fields["signer"].queryset.exists():
            self.fields["signer"].widget = forms.HiddenInput()
            self.fields["signer_text"].label = "Người ký"
        for dossier in dossiers:
            self.fields[f"order_{dossier.pk}"] = forms.IntegerField(
                label=f"{dossier.title or dossier}",
                required=False,
                min_value=1,
                max_value=99,
                initial=1 if dossier.pk == chosen.pk else None,
                error_messages={"invalid": "Nhập số thứ tự, ví dụ 2."},
                widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
            )
            self.fields[f"version_{dossier.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=dossier.version)
            self.fields[f"seq_{dossier.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=dossier.content_seq)

    def clean(self):
        data = super().clean()
        if not data.get(f"order_{self.chosen.pk}") and f"order_{self.chosen.pk}" not in self.errors:
            self.add_error(f"order_{self.chosen.pk}", "Ghi thứ tự cho hồ sơ đang mở, ví dụ 1.")
        issued, opens = data.get("issued_on"), self.chosen.round.opens_on
        if issued and issued < opens:
            self.add_error("issued_on", f"Ngày này trước ngày mở đợt, kỳ ({opens:%d/%m/%Y}). Kiểm tra lại ngày, năm.")
        if not data.get("signer") and not data.get("signer_text"):
            self.add_error("signer_text", "Chọn người ký hoặc ghi họ tên, chức vụ người ký.")
        orders = [value for name, value in data.items() if name.startswith("order_") and value]
        if not orders:
            raise forms.ValidationError("Ghi thứ tự ưu tiên cho ít nhất một hồ sơ; ô để trống là không gửi cùng.")
        if len(set(orders)) != len(orders):
            raise forms.ValidationError("Hai hồ sơ đang cùng một thứ tự ưu tiên. Ghi mỗi hồ sơ một số.")
        return data

    def renew(self, refused):
        """After a refusal: hidden counters as they are now, so that choosing again is possible; what was typed stays."""
        self.data = self.data.copy()
        for one in Dossier.objects.filter(pk__in=[row.pk for row in self.dossiers]):
            self.data.update({f"version_{one.pk}": one.version, f"seq_{one.pk}": one.content_seq})
        for name, sentences in refused.fields.items():
            if name in self.fields:
                self.add_error(name, sentences)

    def rows(self):
        """``(dossier, order field, hidden fields)`` for the template."""
        return [
            (dossier, self[f"order_{dossier.pk}"], [self[f"version_{dossier.pk}"], self[f"seq_{dossier.pk}"]])
            for dossier in self.dossiers
        ]

    def letter_arguments(self) -> dict:
        """Keyword arguments for ``letters.send_signed`` and ``letters.add_letter``."""
        data = self.cleaned_data
        covered = sorted(
            (dossier for dossier in self.dossiers if data.get(f"order_{dossier.pk}")),
            key=lambda dossier: data[f"order_{dossier.pk}"],
        )
        signer = data.get("signer")
        return {
            "dossiers": covered,
            "upload": data["upload"],
            "details": {
                "number": data["number"],
                "issued_on": data["issued_on"],
                "signer": signer,
                "signer_text": data["signer_text"] or str(signer),
            },
        }

    def seen(self) -> dict:
        """What the page showed: ``{pk: (version, content_seq)}``."""
        data = self.cleaned_data
        return {one.pk: (data[f"version_{one.pk}"], data[f"seq_{one.pk}"]) for one in self.dossiers}


class AttachmentForm(forms.Form):
    title = LineFormField(label="Tên tài liệu", max_length=250, required=False)
    upload = UploadField(label="Tệp", help_text="PDF, Word, Excel hoặc ảnh, tối đa 20 MB mỗi tệp.")


class CommentForm(forms.Form):
    body = TextFormField(label="Nội dung trao đổi", max_length=5000, rows=3)
    internal = forms.BooleanField(label="Chỉ lưu trong Sở, đơn vị không thấy", required=False)


def waiting_dossiers(dossier, *, statuses) -> list[Dossier]:
    """Dossiers of the same holder and round that one letter may cover together, the chosen one first."""
    rows = list(
        Dossier.objects.filter(
            holder_id=dossier.holder_id, kind=dossier.kind, round_id=dossier.round_id, status__in=statuses
        ).order_by("pk")
    )
    return sorted(rows, key=lambda row: (row.pk != dossier.pk, row.pk))
