"""Who of the Sở may do what in the admin. Stands on the lowest floor, so that every app's admin can use it.

Asks ``request.actor`` only; the roles are named by their codes (``accounts.permissions`` has the sets).
"""

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst

from records.addresses import client_address
from records.audit import audit

ADMIN_ONLY = frozenset({"dept_admin"})
NOBODY = frozenset()


class RoleAdmin:
    """Mixin for every ModelAdmin and inline: people of the Sở view, ``edit_roles`` add and change, nobody deletes.

    ``view_roles`` None means everybody of the Sở. Changes are also written to the portal's own audit trail.
    """

    edit_roles = ADMIN_ONLY
    view_roles = None
    can_add = True
    can_change = True
    can_delete = False
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def may_edit(self, request) -> bool:
        actor = getattr(request, "actor", None)
        return bool(actor is not None and actor.has_any(self.edit_roles))

    def has_view_permission(self, request, obj=None):
        actor = getattr(request, "actor", None)
        if actor is None or not actor.is_department:
            return False
        return self.view_roles is None or actor.has_any(self.view_roles)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request, obj=None):
        return self.can_add and self.may_edit(request)

    def has_change_permission(self, request, obj=None):
        return self.can_change and self.may_edit(request)

    def has_delete_permission(self, request, obj=None):
        return self.can_delete and self.may_edit(request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Plain choices: other tables are edited on their own pages, not in pop-up windows."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(getattr(field, "widget", None), name):
                setattr(field.widget, name, False)
        return field

    def changelist_view(self, request, extra_context=None):
        """Headed by what is listed, not by “Chọn … để xem”."""
        title = self.opts.verbose_name_plural
        return super().changelist_view(request, {"title": capfirst(title), **(extra_context or {})})

    def get_actions(self, request):
        """Never a bulk deletion, whatever the permissions say."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def log_addition(self, request, obj, message):
        self._trail(request, obj, "admin.added", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._trail(request, obj, "admin.changed", message)
        return super().log_change(request, obj, message)

    def _trail(self, request, obj, action, message):
        audit(
            action=action,
            actor=request.user,
            now=timezone.now(),
            label=f"{capfirst(obj._meta.verbose_name)}: {obj}",
            path=request.path,
            detail={"changes": message if isinstance(message, list) else str(message)},
            ip=client_address(request),
        )


class ReadOnlyAdmin(RoleAdmin):
    """Rows that the portal writes itself."""

    edit_roles = NOBODY
    can_add = can_change = False
