"""By which former name a unit was found: said in its row, or a hit looks like a mistake."""

from records.text import search_text

from .models import Succession, WardSuccession
from .searching import match_rank, typed_name

BY_FORMER_NAME = 3


def former_names(units, term) -> dict:
    """``{unit: "Huyện Ứng Hòa, Xã Đông Lỗ"}`` of the units that the term finds by a former name only; two queries."""
    phrase = typed_name(term)
    ids = [unit.pk for unit in units if phrase and match_rank(unit, term) == BY_FORMER_NAME]
    if not ids:
        return {}
    names = [*Succession.objects.filter(successor__in=ids).values_list("successor", "predecessor__name")]
    wards = WardSuccession.objects.filter(unit__in=ids).select_related("ward")
    names += [(row.unit_id, str(row.ward)) for row in wards]
    found = {}
    for pk, name in sorted(names, key=lambda pair: pair[1]):
        if f" {phrase}" in search_text(name):
            found.setdefault(pk, []).append(name)
    return {pk: ", ".join(dict.fromkeys(some)) for pk, some in found.items()}
