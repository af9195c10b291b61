"""Addresses of the portal; Vietnamese words, because officials read them out on the phone."""

from django.contrib import admin
from django.urls import include, path

from kltn_portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("huong-dan/", views.guide, name="help"),
    path("hop-thu-di/", views.outbox, name="outbox"),
    path("hop-thu-di/<str:name>", views.outbox_mail, name="outbox-mail"),
    path("tai-khoan/", include("accounts.urls")),
    path("ho-so/", include("dossiers.urls")),
    path("de-xuat/", include("proposals.urls")),
    path("bao-cao/", include("reports.urls")),
    path("quan-tri/", admin.site.urls),
]
