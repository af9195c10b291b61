from django.urls import path

from accounts.views import keeping, links, own, resuming, signin

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", signin.LoginView.as_view(), name="login"),
    path("tiep-tuc/", resuming.resume, name="resume"),
    path("dang-xuat/", signin.SignOutView.as_view(), name="logout"),
    path("", own.profile, name="profile"),
    path("mat-khau/", own.password, name="password"),
    path("doi-don-vi/", own.switch_unit, name="switch-unit"),
    path("quen-mat-khau/", links.forgotten, name="forgotten"),
    path("quen-mat-khau/da-gui/", links.forgotten_sent, name="forgotten-sent"),
    path("dat-mat-khau/<uidb64>/<token>/", links.ResetView.as_view(), name="reset"),
    path("nguoi-cua-don-vi/", keeping.people, name="people"),
    path("nguoi-cua-don-vi/<int:unit_id>/", keeping.people, name="people"),
    path("vai-tro/<int:pk>/moi-lai/", keeping.invite_again, name="invite-again"),
    path("vai-tro/<int:pk>/ket-thuc/", keeping.end_membership, name="end-membership"),
    path("nguoi-ky/", keeping.signers, name="signers"),
    path("nguoi-ky/<int:unit_id>/", keeping.signers, name="signers"),
    path("nguoi-ky/<int:pk>/ket-thuc/", keeping.end_signer, name="end-signer"),
]
