"""Programmes, the sample indicators, and cycles with the windows of NĐ 09/2019. Nothing edited is overwritten."""

import datetime as dt

from django.db import transaction

from districts.models import Theme
from dossiers.models import Round
from reports.models import Cycle, Indicator, Programme

PROGRAMMES = (
    {
        "number": "07-CTr/TU",
        "name": "Đẩy mạnh phát triển khoa học, công nghệ và đổi mới sáng tạo trên địa bàn thành phố Hà Nội "
        "giai đoạn 2021-2025",
        "issuer": "Thành ủy Hà Nội",
        "issued_on": dt.date(2021, 3, 17),
        "year_from": 2021,
        "year_to": 2025,
    },
    {
        "number": "KH 139/KH-UBND",
        "name": "Triển khai thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị trên địa bàn "
        "thành phố Hà Nội",
        "issuer": "UBND thành phố Hà Nội",
        "issued_on": dt.date(2025, 5, 16),
        "year_from": 2025,
        "year_to": None,
    },
)

_COUNT, _DECIMAL, _PERCENT = Indicator.Measure.COUNT, Indicator.Measure.DECIMAL, Indicator.Measure.PERCENT
GROUPS = {
    "1": ("Tuyên truyền, lãnh đạo, chỉ đạo", "tuyen-truyen"),
    "2": ("Nghiên cứu, ứng dụng, chuyển giao công nghệ", "ung-dung-cong-nghe"),
    "3": ("Phong trào sáng kiến", "sang-kien"),
    "4": ("Sở hữu trí tuệ, truy xuất nguồn gốc", "doi-moi-sang-tao"),
    "5": ("Tiêu chuẩn, đo lường, chất lượng", "cai-cach-hanh-chinh"),
    "6": ("Chuyển đổi số, cải cách hành chính", "chuyen-doi-so"),
    "7": ("Nhân lực", "chuyen-doi-so"),
    "8": ("Hệ sinh thái khởi nghiệp đổi mới sáng tạo", "doi-moi-sang-tao"),
    "9": ("Môi trường, làng nghề", "lang-nghe"),
}
# Rows with two numbers in the source list ("lũy kế / trong kỳ") are two indicators here: one number, one row.
INDICATORS = (
    ("1.1", "Số văn bản chỉ đạo, triển khai đã ban hành", "văn bản", _COUNT),
    ("1.2", "Số tin, bài, hội nghị tuyên truyền", "tin, bài, cuộc", _COUNT),
    ("2.1", "Số nhiệm vụ KH&CN đang thực hiện trên địa bàn", "nhiệm vụ", _COUNT),
    ("2.2", "Số đề xuất đặt hàng đã gửi Sở", "đề xuất", _COUNT),
    ("2.3", "Số mô hình ứng dụng KH&CN", "mô hình", _COUNT),
    ("2.3a", "Trong đó: mô hình nông nghiệp công nghệ cao", "mô hình", _COUNT),
    ("2.4", "Kinh phí sự nghiệp KH&CN thực hiện", "triệu đồng", _DECIMAL),
    ("3.1", "Số sáng kiến được công nhận", "sáng kiến", _COUNT),
    ("3.2", "Số sáng kiến cấp Thành phố được công nhận", "sáng kiến", _COUNT),
    ("4.1", "Số nhãn hiệu tập thể, nhãn hiệu chứng nhận được bảo hộ (lũy kế)", "nhãn hiệu", _COUNT),
    ("4.1a", "Trong đó: được bảo hộ trong kỳ", "nhãn hiệu", _COUNT),
    ("4.2", "Số sản phẩm OCOP từ 3 sao", "sản phẩm", _COUNT),
    ("4.3", "Số sản phẩm có truy xuất nguồn gốc", "sản phẩm", _COUNT),
    ("5.1", "Số cơ quan, đơn vị duy trì ISO 9001:2015", "đơn vị", _COUNT),
    ("6.1", "Số dịch vụ công trực tuyến toàn trình", "dịch vụ", _COUNT),
    ("6.2", "Tỷ lệ hồ sơ tiếp nhận trực tuyến", "%", _PERCENT),
    ("6.3", "Số Tổ công nghệ số cộng đồng", "tổ", _COUNT),
    ("6.3a", "Số thành viên Tổ công nghệ số cộng đồng", "người", _COUNT),
    ("7.1", "Số lớp tập huấn, bồi dưỡng", "lớp", _COUNT),
    ("7.1a", "Số lượt người được tập huấn, bồi dưỡng", "lượt người", _COUNT),
    ("8.1", "Số doanh nghiệp KH&CN, doanh nghiệp khởi nghiệp sáng tạo trên địa bàn", "doanh nghiệp", _COUNT),
    ("9.1", "Số cơ sở làng nghề được hỗ trợ công nghệ xử lý môi trường", "cơ sở", _COUNT),
)


@transaction.atomic
def load_programmes() -> dict:
    """Insert missing programmes and sample indicators; returns {what: number of new rows}.

    Facts after programme07.md: numbers, dates and issuers are real, the indicators are marked as samples.
    """
    themes = {theme.code: theme for theme in Theme.objects.all()}
    made = {"chương trình": 0, "chỉ tiêu": 0}
    for data in PROGRAMMES:
        values = {name: value for name, value in data.items() if name != "number"}
        programme, new = Programme.objects.get_or_create(number=data["number"], defaults={**values, "is_sample": True})
        made["chương trình"] += new
        made["chỉ tiêu"] += _load_indicators(programme, themes)
    return made


def _load_indicators(programme, themes) -> int:
    known = set(programme.indicators.values_list("code", flat=True))
    fresh = []
    for order, (code, name, unit, measure) in enumerate(INDICATORS, start=1):
        group, theme = GROUPS[code[0]]
        if code not in known:
            fresh.append(
                Indicator(
                    programme=programme,
                    code=code,
                    name=name,
                    group=f"{code[0]}. {group}",
                    unit_of_measure=unit,
                    measure=measure,
                    theme=themes.get(theme),
                    order=order * 10,
                    is_sample=True,
                )
            )
    Indicator.objects.bulk_create(fresh)
    return len(fresh)


def window(kind, year) -> tuple[dt.date, dt.date]:
    """First and last day of the figures: NĐ 09/2019/NĐ-CP, Điều 12."""
    end = dt.date(year, 6, 14) if kind == Cycle.Kind.HALF else dt.date(year, 12, 14)
    return dt.date(year - 1, 12, 15), end


@transaction.atomic
def make_cycle(*, programme, kind, year, opens_on=None, due_on=None, code_stem=None, round_fields=None, **fields):
    """The cycle of a programme, kind and year; an existing one is returned as it is.

    Defaults: window of NĐ 09, opening a month before the cut-off, due three days after it (17/6, 17/12).
    ``round_fields``: locks_on, grace_until, basis …; ``fields``: allows_estimates, official_copy …
    """
    known = Cycle.objects.filter(programme=programme, kind=kind, year=year).select_related("round").first()
    if known:
        return known
    start, cutoff = window(kind, year)
    half = kind == Cycle.Kind.HALF
    round = Round.objects.create(
        kind=Round.Kind.REPORT,
        title=f"Báo cáo 6 tháng đầu năm {year}" if half else f"Báo cáo năm {year}",
        opens_on=opens_on or cutoff - dt.timedelta(days=30),
        due_on=due_on or cutoff + dt.timedelta(days=3),
        **(round_fields or {}),
    )
    return Cycle.objects.create(
        round=round,
        programme=programme,
        kind=kind,
        year=year,
        code_stem=code_stem or f"{year}-{'6T' if half else 'N'}",
        period_start=start,
        cutoff=cutoff,
        **fields,
    )
