"""Messages of “Đôn đốc” to paste into a chat: one for each unit, or one for the group they share."""

from django.conf import settings
from django.urls import reverse

from records.dates import format_date
from reports.chasing import said_sent
from reports.duties import work_path

GROUP = "nhom"  # parameter: keys of the units the message to the group named


def message_for(row, contact) -> str:
    """A message for one unit: polite, with counts and the link; what the unit has already said is not asked again.

    ``contact``: whom to turn to, as in the letter (``contact_of``).
    """
    one = row.obligation
    due = f"{one.cycle.round.title}, hạn gửi {format_date(one.due_on)}"
    closing = f"Liên hệ: {contact}. Trân trọng."
    if row.declared:
        link = settings.SITE_URL + reverse("reports:declare", args=[one.pk])
        return (
            f"Kính gửi {row.unit.body_name}. Về {due}: {_lower(said_sent(one))}. Nếu số, ngày chưa đúng hoặc văn bản "
            f"chưa gửi đi, đề nghị đơn vị sửa tại: {link} . {closing}"
        )
    return (
        f"Kính gửi {row.unit.body_name}. Sở KH&CN xin nhắc: {due} ({_lower(row.words)}), {_state(row)}. "
        f"Đề nghị đơn vị hoàn thành và gửi tại: {settings.SITE_URL + work_path(one)} . "
        f"Nếu đã gửi qua hệ thống văn bản, xin cho biết số, ngày văn bản. {closing}"
    )


def for_group(rows) -> list:
    """The units a message to a group names: those that have not said they sent; none for a single one."""
    named = sorted((row for row in rows if not row.declared), key=lambda row: row.unit.sort_key)
    return named if len(named) > 1 else []


def group_message(rows, contact) -> str:
    """One message for the group of these units (``for_group``), with their names."""
    days = {row.obligation.due_on for row in rows}
    same = f", hạn gửi {format_date(rows[0].obligation.due_on)} ({_lower(rows[0].words)})" if len(days) == 1 else ""
    names = [
        f"- {row.unit.name}" + ("" if same else f", hạn gửi {format_date(row.obligation.due_on)} ({_lower(row.words)})")
        for row in rows
    ]
    return "\n".join(
        [
            f"Kính gửi các đơn vị. Sở KH&CN xin nhắc: {rows[0].obligation.cycle.round.title}{same}; "
            f"{len(rows)} đơn vị dưới đây chưa gửi:",
            *names,
            f"Đề nghị các đơn vị hoàn thành và gửi tại: {settings.SITE_URL} . Nếu đã gửi qua hệ thống văn bản, chọn "
            f"“Đã gửi, số …” trên Cổng hoặc cho biết số, ngày văn bản. Liên hệ: {contact}. Trân trọng.",
        ]
    )


def _state(row):
    if not row.started:
        return "đơn vị chưa bắt đầu nhập"
    left = row.obligation.indicators - row.obligation.answered
    return f"còn {left}/{row.obligation.indicators} chỉ tiêu chưa nhập" if left else "đã nhập đủ chỉ tiêu, chưa gửi"


def _lower(words):
    return words[0].lower() + words[1:]
