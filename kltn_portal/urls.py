"""Addresses of the portal; Vietnamese words, because officials read them out on the phone."""

from django.contrib import admin
from django.urls import include, path

from kltn_portal import health, views
from notices.views import calendar, inbox

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("huong-dan/", views.guide, name="help"),
    path("hop-thu-di/", views.outbox, name="outbox"),
    path("hop-thu-di/<str:name>", views.outbox_mail, name="outbox-mail"),
    path("hop-thu/", inbox.listing, name="inbox"),
    path("hop-thu/da-doc/", inbox.read_all, name="inbox-read-all"),
    path("hop-thu/<int:pk>/", inbox.open_item, name="inbox-open"),
    path("tai-khoan/lich/", calendar.own, name="calendar"),
    path("tai-khoan/lich/moi/", calendar.renew, name="calendar-new"),
    path("tai-khoan/lich/ngung/", calendar.stop, name="calendar-stop"),
    path("lich/<slug:token>.ics", calendar.file, name="calendar-feed"),
    path("tai-khoan/", include("accounts.urls")),
    path("ho-so/", include("dossiers.urls")),
    path("de-xuat/", include("proposals.urls")),
    path("bao-cao/", include("reports.urls")),
    path("quan-tri/", admin.site.urls),
]
