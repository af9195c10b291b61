"""The Sở's side: stock Django admin under the portal's own sign-in and look."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path
from django.views.i18n import JavaScriptCatalog

from kltn_portal.context import PORTAL_NAME


class PortalAdminSite(admin.AdminSite):
    """Admin open to people of the Sở only; who may do what inside stays with each ModelAdmin."""

    site_header = PORTAL_NAME
    site_title = PORTAL_NAME
    index_title = "Chờ xử lý"
    site_url = None
    enable_nav_sidebar = False
    empty_value_display = "–"

    def has_permission(self, request):
        """True for an active person holding a role in the Sở today."""
        actor = getattr(request, "actor", None)
        return bool(request.user.is_active and actor is not None and actor.is_department)

    def login(self, request, extra_context=None):
        """Send visitors to the portal's sign-in; somebody signed in without a role in the Sở gets a 403."""
        target = request.GET.get("next") or resolve_url("admin:index")
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied("Trang này dành cho cán bộ Sở Khoa học và Công nghệ.")
            return redirect("admin:index")
        return redirect_to_login(target, resolve_url("accounts:login"))

    def logout(self, request, extra_context=None):
        """Sign out and return to the portal's sign-in page."""
        return LogoutView.as_view(next_page=resolve_url("accounts:login"))(request)

    def password_change(self, request, extra_context=None):
        """The portal keeps one page for one's own account."""
        return redirect("accounts:profile")

    def i18n_javascript(self, request, extra_context=None):
        """Every catalogue, so that the project's own ``locale`` mends the words of the admin's scripts too."""
        return JavaScriptCatalog.as_view()(request)

    def each_context(self, request):
        """Also who may be led to mails and forecast."""
        from accounts.permissions import MAIL_READERS  # the admin site is made before the models are ready

        context, actor = super().each_context(request), getattr(request, "actor", None)
        context["may_read_mails"] = actor is not None and actor.has_any(MAIL_READERS)
        return context

    def index(self, request, extra_context=None):
        """“Chờ xử lý”: what waits for the Sở, the longest waiting first."""
        from kltn_portal.queue import queue  # the admin site is made before the models are ready

        context = {
            **self.each_context(request),
            "title": self.index_title,
            **queue(request.GET, actor=request.actor, page_number=request.GET.get("page")),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/queue.html", context)

    def get_urls(self):
        catalogue = path("danh-muc/", self.admin_view(self.catalogue), name="catalogue")
        return [catalogue, *super().get_urls()]

    def catalogue(self, request):
        """Every table the person may see, grouped by app; the index itself is the queue of waiting work."""
        context = {
            **self.each_context(request),
            "title": "Danh mục dùng chung",
            "app_list": self.get_app_list(request),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/catalogue.html", context)
