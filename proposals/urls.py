from django.urls import path

from proposals.views import lists, reading, writing

app_name = "proposals"
urlpatterns = [
    path("", lists.proposals, name="list"),
    path("dot/<int:pk>/", lists.call, name="call"),
    path("dot/<int:pk>/moi/", writing.new, name="new"),
    path("dot/<int:pk>/tep/<int:file>/", lists.call_file, name="file"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/soan/", writing.edit, name="edit"),
    path("<int:pk>/soan/<slug:key>/", writing.section, name="section"),
    path("<int:pk>/soan/<slug:key>/luu/", writing.save, name="save"),
    path("<int:pk>/kiem-tra/", writing.check, name="check"),
]
