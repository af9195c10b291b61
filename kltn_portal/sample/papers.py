"""Sample signed letters: a small PDF that says it is a sample."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Signer
from accounts.roles import actor_for
from dossiers.letters import add_letter
from dossiers.models import Dossier

_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 62>>stream
BT /F 16 Tf 72 760 Td (Ban ky so mau - du lieu dung thu) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R/Size 6>>
%%EOF
"""


def add_sample_letter(dossier, person, number, now):
    """Number, date, signer and signed copy for a dossier that its leader has sent."""
    dossier = Dossier.objects.select_related("holder").get(pk=dossier.pk)
    signer = Signer.objects.filter(unit=dossier.holder).order_by("pk").first()
    add_letter(
        dossiers=[dossier],
        details={"number": number, "issued_on": now.date(), "signer": signer, "signer_text": str(signer)},
        upload=SimpleUploadedFile("ban-ky-so-mau.pdf", _PDF, content_type="application/pdf"),
        actor=actor_for(person, today=now.date()),
        now=now,
    )
