"""Units found by name: whose own name is typed stands first, then whose name begins so, then the others."""

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Concat, StrIndex, Substr

from records.text import fold

_SHORT_KINDS = {"p": "phuong", "x": "xa", "q": "quan", "h": "huyen", "tx": "thi xa", "tt": "thi tran"}


def typed_name(term) -> str:
    """The folded phrase of a typed name, “x. Ba Vì” read as “xã Ba Vì”; empty for an empty term."""
    words = fold(term).split()
    if len(words) > 1 and words[0] in _SHORT_KINDS:
        words[0] = _SHORT_KINDS[words[0]]
    return " ".join(words)


def is_found(unit, term) -> bool:
    """Would ``Unit.objects.search`` find this unit, which has been read already? An empty term finds all."""
    phrase = typed_name(term)
    return not phrase or f" {phrase}" in unit.search


def name_rank(phrase, prefix=""):
    """Expression to order by: 0 the very name (with or without its kind), 1 a name that begins so, 2 the others.

    ``prefix`` leads from the table asked to the unit (``"unit__"``). Reads the ``search`` column, which begins
    with the folded name and the code.
    """
    starts = [f" {phrase}", *(f" {kind} {phrase}" for kind in _SHORT_KINDS.values())]
    column = f"{prefix}search__startswith"
    exact, begins = Q(), Q()
    for start in starts:
        exact |= Q(**{column: Concat(Value(f"{start} "), F(f"{prefix}code"))})
        begins |= Q(**{column: start})
    return Case(When(exact, then=Value(0)), When(begins, then=Value(1)), default=Value(2), output_field=IntegerField())


def todays_name() -> Substr:
    """The part of a unit's ``search`` column that folds its name of today and its code; former names stand behind."""
    column = Concat(F("search"), Value("/"))
    return Substr(column, 1, StrIndex(column, Value("/")))
