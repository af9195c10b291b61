"""Our own catalogue: what Django leaves in English comes out in Vietnamese."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

HERE = Path(settings.BASE_DIR) / "locale" / "vi" / "LC_MESSAGES"


@pytest.fixture(autouse=True)
def vietnamese():
    with translation.override("vi"):
        yield


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("History", "Lịch sử"),
        ("Add", "Thêm"),
        ("Show counts", "Hiện số lượng"),
        ("Skip to main content", "Đến nội dung chính"),
        ("Breadcrumbs", "Đường dẫn"),
        ("Password-based authentication", "Đăng nhập bằng mật khẩu"),
        ("Forbidden", "Không được phép"),
        ("Enter a complete value.", "Nhập đủ các phần của giá trị."),
        ("This field is required.", "Mục này bắt buộc nhập."),
        ("Password reset unsuccessful", "Đặt lại mật khẩu chưa thành công"),
    ],
)
def test_words(english, vietnamese):
    assert _(english) == vietnamese


def test_plurals_and_contexts():
    assert ngettext("Please submit at most %(num)d form.", "Please submit at most %(num)d forms.", 3) == (
        "Nhập tối đa %(num)d dòng."
    )
    assert ngettext("entry", "entries", 2) == "dòng"
    assert npgettext("naturaltime-past", "%(num)d day", "%(num)d days", 2) == "%(num)d ngày"
    assert pgettext("ordinal 1", "{}st") == "thứ {}"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_compiled_catalogue_is_up_to_date_and_polite(domain):
    """Every message of the .po stands in the .mo with the same words; nobody is called "bạn", nobody is shouted at."""
    with (HERE / f"{domain}.mo").open("rb") as handle:
        compiled = set(gettext.GNUTranslations(handle)._catalog.values())
    lines = (HERE / f"{domain}.po").read_text(encoding="utf-8").splitlines()
    written = [line.partition(" ")[2][1:-1] for line in lines if line.startswith("msgstr")]
    words = [w.replace('\\"', '"') for w in written if w]
    assert words
    assert not [w for w in words if w not in compiled]
    assert not [w for w in words if "bạn" in w.lower().split() or w.endswith("!")]
