"""Permissions of the Sở's side by role; the mixin itself stands below, for districts and records too."""

from accounts.roles import DEPT_DECIDERS, Role
from records.staff import ADMIN_ONLY, NOBODY, ReadOnlyAdmin, RoleAdmin

# Calls, cycles, programmes and indicators are the daily work of the specialist room.
PROGRAMME_EDITORS = frozenset({Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_ADMIN})
# Mails carry what was said to one person; who was reminded is read beside them.
MAIL_READERS = DEPT_DECIDERS | {Role.DEPT_ADMIN}
# Who may give a dossier to a specialist.
ASSIGNERS = DEPT_DECIDERS | {Role.DEPT_ADMIN}

__all__ = ["ADMIN_ONLY", "ASSIGNERS", "MAIL_READERS", "NOBODY", "PROGRAMME_EDITORS", "ReadOnlyAdmin", "RoleAdmin"]
