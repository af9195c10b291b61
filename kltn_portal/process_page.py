"""The page about the processes that officials could sign: written from the process tables, never by hand."""

from accounts.roles import Role
from dossiers import kinds
from dossiers.process import Note

HEAD = """# Quy trình xử lý hồ sơ

Trang này do lệnh `python manage.py process_docs` viết ra từ bảng quy trình trong `proposals/process.py` và
`reports/process.py`. Không sửa tay: sửa bảng rồi chạy lại lệnh.
"""


def render() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(_kind(kind) for kind in sorted(kinds.all_kinds(), key=lambda kind: kind.code))])


def _kind(kind):
    process = kind.process
    lines = [f"## {process.label}", "", "### Trạng thái", ""]
    lines += ["| Trạng thái | Đang ở lượt | Đơn vị sửa nội dung |", "|---|---|---|"]
    for status in process.statuses:
        lines.append(f"| {status.label} | {status.turn.label} | {'được' if status.editable else '–'} |")
    lines += ["", "### Các bước", "", "| Bước | Từ | Đến | Ai thực hiện | Cần nhập |", "|---|---|---|---|---|"]
    lines += [_step(process, step) for step in process.steps]
    lines += ["", "### Sơ đồ", "", "```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.code}' for status in process.statuses]
    lines.append(f"    [*] --> {process.initial}")
    lines += [f"    {source} --> {step.target}: {step.label}" for step in process.steps for source in step.sources]
    return "\n".join([*lines, "```", ""])


def _step(process, step):
    sources = ", ".join(process.status(code).label for code in step.sources)
    roles = ", ".join(role.label for role in Role if role in step.roles)
    needs = [step.note_label] if step.note == Note.REQUIRED else []
    needs += ["ngày gửi lại"] if step.reply_date else []
    needs += ["số, ngày, người ký, bản ký số"] if step.letter else [f.label for f in step.fields if f.required]
    label = process.status(step.target).label
    return f"| {step.label} | {sources} | {label} | {roles} | {'; '.join(needs) or '–'} |"
