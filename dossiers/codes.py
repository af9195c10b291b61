"""Running numbers for codes that can be read out on the phone (ĐX-2027-0042)."""

from django.db.models import F

from dossiers.models import CodeCounter


def next_number(*, kind: str, year: int) -> int:
    """Take the next number. The counter row stays locked until the transaction ends: call it late."""
    mine = CodeCounter.objects.filter(kind=kind, year=year)
    if not mine.update(last=F("last") + 1):
        CodeCounter.objects.bulk_create([CodeCounter(kind=kind, year=year)], ignore_conflicts=True)
        mine.update(last=F("last") + 1)
    return mine.values_list("last", flat=True).get()
