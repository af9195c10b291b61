from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "kltn_portal"
    verbose_name = "Cổng"


class PortalAdminConfig(AdminConfig):
    default_site = "kltn_portal.admin_site.PortalAdminSite"
