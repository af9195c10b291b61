"""Units found by name: whose own name is typed stands first, then whose name begins so, then those with the words
inside, last those that only had such a name before."""

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Concat, StrIndex, Substr
from django.db.models.lookups import GreaterThan

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
    """Expression to order by: 0 the very name (with or without its kind), 1 a name that begins so, 2 a name with the
    phrase inside, 3 a former name.

    ``prefix`` leads from the table asked to the unit (``"unit__"``). Reads the ``search`` column, which begins
    with the folded name and the code.
    """
    starts = [f" {phrase}", *(f" {kind} {phrase}" for kind in _SHORT_KINDS.values())]
    column = f"{prefix}search__startswith"
    exact, begins = Q(), Q()
    for start in starts:
        exact |= Q(**{column: Concat(Value(f"{start} "), F(f"{prefix}code"))})
        begins |= Q(**{column: start})
    inside = GreaterThan(StrIndex(todays_name(prefix), Value(f" {phrase}")), Value(0))
    ranks = [When(exact, then=Value(0)), When(begins, then=Value(1)), When(inside, then=Value(2))]
    return Case(*ranks, default=Value(3), output_field=IntegerField())


def match_rank(unit, term) -> int:
    """The same of a unit that has been read already; 3: found by a former name only (or not at all)."""
    phrase, now = typed_name(term), unit.search.partition("/")[0].rstrip()
    names = [f" {phrase}", *(f" {kind} {phrase}" for kind in _SHORT_KINDS.values())]
    if any(now == f"{name} {unit.code}" for name in names):
        return 0
    if now.startswith(tuple(names)):
        return 1
    return 2 if f" {phrase}" in now else 3


def todays_name(prefix="") -> Substr:
    """The part of a unit's ``search`` column that folds its name of today and its code; former names stand behind."""
    column = Concat(F(f"{prefix}search"), Value("/"))
    return Substr(column, 1, StrIndex(column, Value("/")))
