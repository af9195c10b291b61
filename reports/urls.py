from django.urls import path

from reports.views import declaring, filling, reading

app_name = "reports"
urlpatterns = [
    path("", reading.report_list, name="list"),
    path("nghia-vu/<int:pk>/", reading.open_report, name="open"),
    path("nghia-vu/<int:pk>/da-gui/", declaring.declare_view, name="declare"),
    path("nghia-vu/<int:pk>/da-gui/sua/", declaring.correct_view, name="declare_correct"),
    path("nghia-vu/<int:pk>/da-gui/rut-lai/", declaring.withdraw_view, name="declare_withdraw"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/kiem-tra/", reading.check, name="check"),
    path("<int:pk>/soan/", filling.edit, name="edit"),
    path("<int:pk>/soan/chi-tieu/<int:indicator>/", filling.save_entry_view, name="save_entry"),
    path("<int:pk>/soan/noi-dung/<str:section>/", filling.save_narrative_view, name="save_narrative"),
    path("<int:pk>/khong-phat-sinh/", filling.nil_rest_view, name="nil_rest"),
]
