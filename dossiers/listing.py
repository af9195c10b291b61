"""Lists of dossiers that stay quick when there are a million: ids first, rows after, counts capped."""

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property

from districts.workdays import working_days_between
from dossiers.models import Dossier

MOST = 10_000  # counted and paged through; beyond it a list is narrowed by filters


class CappedPaginator(Paginator):
    """Counts up to ``MOST`` rows only."""

    @cached_property
    def count(self):
        return self.object_list[:MOST].count()


def page_of(rows, number, *, per_page, related=("unit", "holder", "theme", "assignee", "round")):
    """One page of full rows of ``rows``, a filtered and ordered Dossier queryset: three queries."""
    page = CappedPaginator(rows.values_list("pk", flat=True), per_page).get_page(number)
    ids = list(page.object_list)
    full = Dossier.objects.select_related(*related).in_bulk(ids)
    page.object_list = [full[pk] for pk in ids if pk in full]
    return page


def days_waiting(dossier, *, today, calendar) -> int:
    """Working days since the turn came to whoever has it now."""
    since = timezone.localtime(dossier.turn_since).date()
    return max(0, working_days_between(since, today, calendar))
