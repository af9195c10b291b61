from django.urls import path

from dossiers.views import letters, papers, reading, steps

app_name = "dossiers"
urlpatterns = [
    path("<int:pk>/buoc/<slug:action>/", steps.step, name="step"),
    path("<int:pk>/ban-hanh/", letters.sign, name="sign"),
    path("<int:pk>/van-ban/", letters.letter, name="letter"),
    path("<int:pk>/van-ban/<int:letter>/sua/", letters.correct, name="letter_correct"),
    path("<int:pk>/lan/<int:number>/", reading.revision, name="revision"),
    path("<int:pk>/ban-in/", reading.paper, name="print"),
    path("<int:pk>/tai-lieu/", papers.attach, name="attach"),
    path("<int:pk>/tai-lieu/<int:attachment>/bo/", papers.detach, name="detach"),
    path("<int:pk>/trao-doi/", papers.comment, name="comment"),
    path("tep/<int:pk>/", papers.file, name="file"),
    path("<str:code>/bien-nhan/<int:number>/", reading.receipt, name="receipt"),
]
