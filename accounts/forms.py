"""Forms of the account pages. They parse; rules live in signin, invitations, membership and signing."""

from django import forms
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError

from accounts.models import Signer, User
from accounts.roles import UNIT_ROLES, WEEKLY_READERS, Role
from records.formfields import DateField, LineFormField

PASSWORD_HELP = (
    "Từ 12 ký tự, nên là vài từ dễ nhớ ghép lại; không lấy họ tên, tên đăng nhập hoặc mật khẩu nhiều người dùng."
)
PHONE_DIGITS = 9
UNIT_ROLE_CHOICES = [(role.value, role.label) for role in Role if role in UNIT_ROLES]


class EmailField(forms.EmailField):
    """E-mail with a sentence that shows what is wanted; kept in lower case."""

    default_error_messages = {
        "required": "Chưa nhập địa chỉ thư điện tử.",
        "invalid": "Địa chỉ chưa đúng dạng. Ghi như: tennguoi@hanoi.gov.vn.",
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}))
        super().__init__(max_length=254, **kwargs)

    def clean(self, value):
        return super().clean(value).lower()


def _line(label, *, required="", limit=150, autocomplete="off", **kwargs):
    errors = {"required": required} if required else {}
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return LineFormField(
        label=label, required=bool(required), max_length=limit, error_messages=errors, widget=widget, **kwargs
    )


class PhoneField(LineFormField):
    """A number somebody can be reached at; blanks, dashes and an extension are welcome."""

    def clean(self, value):
        phone = super().clean(value)
        if phone and sum(letter.isdigit() for letter in phone) < PHONE_DIGITS:
            raise ValidationError(
                "Số điện thoại chưa đủ chữ số. Ghi cả mã vùng, ví dụ: 024 3825 1234 hoặc 0912 345 678."
            )
        return phone


def _phone(**attrs):
    return PhoneField(label="Điện thoại", required=False, max_length=30, widget=forms.TextInput(attrs=attrs))


class LoginForm(forms.Form):
    """Blank fields are refused by name; whether the pair is right is ``accounts.signin``'s answer."""

    username = LineFormField(
        label="Tên đăng nhập hoặc thư điện tử",
        max_length=254,
        error_messages={"required": "Chưa nhập tên đăng nhập hoặc thư điện tử."},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Mật khẩu",
        strip=False,
        max_length=4096,
        error_messages={"required": "Chưa nhập mật khẩu."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgottenForm(forms.Form):
    email = EmailField(label="Thư điện tử công vụ")


class NewPasswordForm(auth_forms.SetPasswordForm):
    """Django's checks with plain Vietnamese labels."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.label, first.help_text = "Mật khẩu mới", PASSWORD_HELP
        second.label, second.help_text = "Nhập lại mật khẩu mới", ""
        first.error_messages["required"] = "Chưa nhập mật khẩu mới."
        second.error_messages["required"] = "Chưa nhập lại mật khẩu mới."
        self.error_messages = {"password_mismatch": "Hai lần nhập chưa giống nhau. Nhập lại mật khẩu mới."}


class PasswordChangeForm(NewPasswordForm):
    """With the present password, so that an unattended desk cannot be used to take over."""

    old_password = forms.CharField(
        label="Mật khẩu đang dùng",
        strip=False,
        error_messages={"required": "Chưa nhập mật khẩu đang dùng."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def clean_old_password(self):
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError("Mật khẩu đang dùng chưa đúng. Nhập lại.")
        return old


class ProfileForm(forms.Form):
    """What a person may change about himself; roles are given by others."""

    full_name = _line("Họ và tên", required="Chưa nhập họ và tên.", autocomplete="name")
    post = _line("Chức vụ", autocomplete="organization-title")
    phone = _phone(autocomplete="tel")
    email = EmailField(
        label="Thư điện tử công vụ", help_text="Thư nhắc hạn và thư đặt lại mật khẩu gửi đến địa chỉ này."
    )

    weekly_mail = forms.BooleanField(
        label="Nhận thư tuần “Việc chờ xử lý”",
        required=False,
        help_text="Mỗi tuần một thư tóm tắt hồ sơ chờ xử lý, đơn vị quá hạn. Bỏ chọn thì chỉ thôi thư tuần; "
        "thư nhắc hạn và thư báo kết quả vẫn gửi như thường.",
    )

    def __init__(self, *args, user, roles=frozenset(), **kwargs):
        names = ("full_name", "post", "phone", "email", "weekly_mail")
        super().__init__(*args, initial={name: getattr(user, name) for name in names}, **kwargs)
        self.user = user
        if not WEEKLY_READERS & set(roles):
            del self.fields["weekly_mail"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email != self.user.email.lower() and User.objects.filter(email__iexact=email).exists():
            raise ValidationError("Địa chỉ này đã gắn với tài khoản khác. Dùng địa chỉ riêng của mình.")
        return email


class PersonForm(forms.Form):
    """A person of the unit with a role from–to."""

    full_name = _line("Họ và tên", required="Chưa nhập họ và tên.")
    email = EmailField(label="Thư điện tử công vụ", help_text="Thư mời và liên kết đặt mật khẩu gửi đến địa chỉ này.")
    post = _line("Chức vụ")
    phone = _phone(autocomplete="off")
    role = forms.ChoiceField(
        label="Vai trò",
        choices=[("", "– chọn –"), *UNIT_ROLE_CHOICES],
        error_messages={"required": "Chưa chọn vai trò.", "invalid_choice": "Chọn một vai trò trong danh sách."},
    )
    room = _line("Phòng, ban", help_text="Ví dụ: Phòng Văn hóa - Xã hội.")
    valid_from = DateField(label="Từ ngày", error_messages={"required": "Chưa nhập ngày bắt đầu."})
    valid_to = DateField(label="Đến hết ngày", required=False, help_text="Để trống nếu chưa định ngày kết thúc.")

    def clean(self):
        _dates_in_order(self)


class SignerForm(forms.Form):
    """Who signs on paper, in which capacity."""

    full_name = _line("Họ và tên", required="Chưa nhập họ và tên.")
    post = _line("Chức vụ", required="Chưa nhập chức vụ, ví dụ: Chủ tịch, Phó Chủ tịch.")
    authority = forms.ChoiceField(label="Thẩm quyền ký", choices=Signer.Authority.choices)
    mandate = _line(
        "Văn bản ủy quyền", limit=250, help_text="Số, ký hiệu, ngày của văn bản; cần có khi ký thừa ủy quyền (TUQ.)."
    )
    valid_from = DateField(label="Từ ngày", error_messages={"required": "Chưa nhập ngày bắt đầu."})
    valid_to = DateField(label="Đến hết ngày", required=False, help_text="Để trống nếu chưa định ngày kết thúc.")

    def clean(self):
        _dates_in_order(self)
        data = self.cleaned_data
        if data.get("authority") == Signer.Authority.TUQ and "mandate" in data and not data["mandate"]:
            self.add_error("mandate", "Ký thừa ủy quyền cần ghi số, ngày văn bản ủy quyền.")


class EndForm(forms.Form):
    """The last day of a role or of a right to sign."""

    valid_to = DateField(label="Đến hết ngày", error_messages={"required": "Chưa nhập ngày cuối cùng."})


def _dates_in_order(form):
    start, end = form.cleaned_data.get("valid_from"), form.cleaned_data.get("valid_to")
    if start and end and end < start:
        form.add_error("valid_to", "Ngày kết thúc phải từ ngày bắt đầu trở đi.")
