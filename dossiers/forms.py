"""Forms around a dossier: the signed letter, an attached file, a remark."""

from django import forms

from accounts.models import Signer
from dossiers import kinds
from dossiers.letter_correcting import letter_token
from dossiers.letters import AFTER_TODAY, number_refusal
from dossiers.models import Dossier
from records.formfields import DateField, LineFormField, PdfField, TextFormField, UploadField


class LetterDetailsForm(forms.Form):
    """Number, date and signer of a signed letter: one from the unit's list, or another by name."""

    number = LineFormField(label="Số, ký hiệu", max_length=60, help_text="Ví dụ: 45/BC-UBND")
    issued_on = DateField(label="Ngày ban hành")
    signer = forms.ModelChoiceField(
        Signer.objects.none(),
        label="Người ký",
        required=False,
        empty_label="– người ký khác, ghi ở ô dưới –",
        help_text="Chọn trong danh sách người ký của đơn vị.",
    )
    signer_text = LineFormField(
        label="Người ký khác",
        required=False,
        max_length=300,
        help_text="Chỉ ghi khi người ký không có trong danh sách: họ tên, chức vụ. Ví dụ: Nguyễn Văn A, Phó Chủ tịch",
    )

    def __init__(self, *args, unit_id, today, opens, former=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.opens = today, opens
        now = Signer.objects.valid_on(today).filter(unit=unit_id)
        self.fields["signer"].queryset = now | Signer.objects.filter(pk=former) if former else now
        if not self.fields["signer"].queryset.exists():
            self.fields["signer"].widget = forms.HiddenInput()
            self.fields["signer_text"].label = "Người ký"
            self.fields["signer_text"].help_text = "Họ tên, chức vụ. Ví dụ: Nguyễn Văn A, Phó Chủ tịch"

    def clean_number(self):
        if wrong := number_refusal(self.cleaned_data["number"]):
            raise forms.ValidationError(wrong)
        return self.cleaned_data["number"]

    def clean_issued_on(self):
        issued = self.cleaned_data["issued_on"]
        if issued > self.today:
            raise forms.ValidationError(AFTER_TODAY)
        if issued < self.opens:
            said = f"Ngày này trước ngày mở đợt, kỳ ({self.opens:%d/%m/%Y}). Kiểm tra lại ngày, năm."
            raise forms.ValidationError(said)
        return issued

    def clean(self):
        data = super().clean()
        if data.get("signer") and data.get("signer_text"):
            self.add_error("signer_text", "Đã chọn người ký ở trên: xóa ô này, hoặc chọn dòng “người ký khác”.")
        elif (
            not data.get("signer") and not data.get("signer_text") and not {"signer", "signer_text"} & set(self.errors)
        ):
            self.add_error("signer_text", "Chọn người ký hoặc ghi họ tên, chức vụ người ký.")
        return data

    def details(self) -> dict:
        """``details`` of ``letters`` and ``letter_correcting``."""
        data, signer = self.cleaned_data, self.cleaned_data.get("signer")
        named = {"signer": signer, "signer_text": str(signer) if signer else data["signer_text"]}
        return {"number": data["number"], "issued_on": data["issued_on"], **named}

    def show_refusal(self, refused) -> bool:
        """Put the sentences of a refusal at their fields; True when each of them has its field here."""
        known = {name: said for name, said in refused.fields.items() if name in self.fields}
        for name, said in known.items():
            self.add_error(name, said)
        return bool(known) and len(known) == len(refused.fields)


class LetterForm(LetterDetailsForm):
    """Also the signed PDF, and which waiting dossiers it covers, in what order.

    The order is typed as numbers beside the dossiers, so it works without a mouse and without JavaScript; a dossier
    that waits alone is the letter's only one and needs none.
    """

    upload = PdfField(label="Bản ký số (PDF)", help_text="Tệp PDF đã ký số, tối đa 20 MB.")

    def __init__(self, *args, dossiers, chosen, today, **kwargs):
        number, day = kinds.get(chosen.kind).known_letter(chosen)
        kwargs.setdefault("initial", {"number": number, "issued_on": day})
        super().__init__(*args, unit_id=chosen.holder_id, today=today, opens=chosen.round.opens_on, **kwargs)
        self.dossiers, self.chosen, self.known = dossiers, chosen, bool(number)
        self.alone = len(dossiers) == 1
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
        if self.alone:
            return data | {f"order_{self.chosen.pk}": 1}
        if not data.get(f"order_{self.chosen.pk}") and f"order_{self.chosen.pk}" not in self.errors:
            self.add_error(f"order_{self.chosen.pk}", "Ghi thứ tự cho hồ sơ đang mở, ví dụ 1.")
        orders = [value for name, value in data.items() if name.startswith("order_") and value]
        if not orders:
            raise forms.ValidationError("Ghi thứ tự ưu tiên cho ít nhất một hồ sơ; ô để trống là không gửi cùng.")
        if len(set(orders)) != len(orders):
            raise forms.ValidationError("Hai hồ sơ đang cùng một thứ tự ưu tiên. Ghi mỗi hồ sơ một số.")
        return data

    def renew(self, refused) -> bool:
        """After a refusal: hidden counters as they are now, so that choosing again is possible; what was typed stays.
        True when every sentence stands at its field."""
        self.data = self.data.copy()
        for one in Dossier.objects.filter(pk__in=[row.pk for row in self.dossiers]):
            self.data.update({f"version_{one.pk}": one.version, f"seq_{one.pk}": one.content_seq})
        return self.show_refusal(refused)

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
        return {"dossiers": covered, "upload": data["upload"], "details": self.details()}

    def seen(self) -> dict:
        """What the page showed: ``{pk: (version, content_seq)}``."""
        data = self.cleaned_data
        return {one.pk: (data[f"version_{one.pk}"], data[f"seq_{one.pk}"]) for one in self.dossiers}


class LetterCorrectForm(LetterDetailsForm):
    """What the unit recorded of a letter, to be mended with a reason."""

    reason = TextFormField(label="Lý do sửa", max_length=1000, rows=2, help_text="Ví dụ: gõ nhầm số.")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, letter, today, opens, initial=None, **kwargs):
        known = {"number": letter.number, "issued_on": letter.issued_on, "signer": letter.signer_id}
        known["signer_text"] = "" if letter.signer_id else letter.signer_text
        initial = (initial or known) | {"seen": letter_token(letter)}
        more = {"unit_id": letter.unit_id, "former": letter.signer_id, "today": today, "opens": opens}
        super().__init__(*args, initial=initial, **more, **kwargs)

    def arguments(self) -> dict:
        """Keyword arguments for ``letter_correcting.correct_letter``."""
        return {"details": self.details(), "reason": self.cleaned_data["reason"], "seen": self.cleaned_data["seen"]}

    def renew(self, refused, letter) -> bool:
        """The same words, knowing of the ``letter`` as it is now where it was corrected meanwhile."""
        if letter:
            self.data = self.data.copy()
            self.data["seen"] = letter_token(letter)
        return self.show_refusal(refused)


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
