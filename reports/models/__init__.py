from reports.models.cycle import Cycle, Obligation
from reports.models.programme import Indicator, Programme
from reports.models.report import Entry, Narrative, Report

__all__ = ["Cycle", "Entry", "Indicator", "Narrative", "Obligation", "Programme", "Report"]
