"""How programmes and periods are written on papers."""

from reports.models import Cycle


def programme_phrase(programme) -> str:
    """“Chương trình số 07-CTr/TU ngày 17/3/2021 của Thành ủy Hà Nội”."""
    number = programme.number
    if "-CTr/" in number:
        text = f"Chương trình số {number}"
    elif number.startswith("KH "):
        text = f"Kế hoạch số {number.removeprefix('KH ')}"
    else:
        text = number
    if programme.issued_on:
        text += f" ngày {paper_date(programme.issued_on)}"
    return f"{text} của {programme.issuer}" if programme.issuer else text


def paper_date(day) -> str:
    """“05/6/2026”: papers write a leading zero before days below 10 and months 1 and 2 only (NĐ 30/2020, Phụ lục I)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"


def period_phrase(cycle) -> str:
    """“6 tháng đầu năm 2026”, “năm 2026”."""
    return f"6 tháng đầu năm {cycle.year}" if cycle.kind == Cycle.Kind.HALF else f"năm {cycle.year}"


def direction_heading(cycle) -> str:
    """Heading IV names the time ahead."""
    ahead = f"6 tháng cuối năm {cycle.year}" if cycle.kind == Cycle.Kind.HALF else f"năm {cycle.year + 1}"
    return f"IV. Phương hướng, nhiệm vụ trọng tâm {ahead}"
