from django.urls import path

from dossiers.views import papers, reading, steps

app_name = "dossiers"
urlpatterns = [
    path("<int:pk>/buoc/<slug:action>/", steps.step, name="step"),
    path("<int:pk>/ban-hanh/", steps.sign, name="sign"),
    path("<int:pk>/van-ban/", steps.letter, name="letter"),
    path("<int:pk>/lan/<int:number>/", reading.revision, name="revision"),
    path("<int:pk>/ban-in/", reading.paper, name="print"),
    path("<int:pk>/tai-lieu/", papers.attach, name="attach"),
    path("<int:pk>/tai-lieu/<int:attachment>/bo/", papers.detach, name="detach"),
    path("<int:pk>/trao-doi/", papers.comment, name="comment"),
    path("tep/<int:pk>/", papers.file, name="file"),
    path("<str:code>/bien-nhan/<int:number>/", reading.receipt, name="receipt"),
]
