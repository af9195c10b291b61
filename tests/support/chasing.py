"""The pages of “Đôn đốc”."""

import io

from django.urls import reverse
from docx import Document

from reports.models import Obligation

DRAFT = {"reply_by": "30/11/2026", "contact": "Nguyễn Minh Anh, 024 1", "symbol": "SKHCN-QLKH", "signature": "deputy"}


def url(name, *args):
    """Address of the list (``""``), or of what is done from it ("_letter", "_call", …)."""
    return reverse(f"admin:reports_chasing{name}", args=args)


def names(response):
    """Units on the page, in its order."""
    return [row.unit.name for row in response.context["rows"]]


def chosen(*units):
    """What the forms send for these units."""
    rows = Obligation.objects.filter(unit__in=units)
    return {"chon": [str(pk) for pk in rows.values_list("pk", flat=True)]}


def keys(*units):
    """The same as one value, as the pages hand it on."""
    return ".".join(chosen(*units)["chon"])


def fetch(client, cycle, *units, **values):
    """The drafted letter for these units, opened."""
    response = client.post(url("_docx", cycle.pk), {**chosen(*units), **DRAFT, **values})
    assert response.status_code == 200, response.text
    assert "attachment" in response["Content-Disposition"]
    return Document(io.BytesIO(response.content))


def plain(text):
    """Blanks that do not break count as blanks."""
    return text.replace("\u00a0", " ")


def text_of(document):
    """All its words."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return plain("\n".join([paragraph.text for paragraph in document.paragraphs] + cells))
