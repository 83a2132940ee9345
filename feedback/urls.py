from django.urls import path

from feedback import views

app_name = "feedback"

complaint_urls = [
    path("complaints/", views.ComplaintList.as_view(), name="complaint-list"),
    path("complaints/new/", views.ComplaintAdd.as_view(), name="complaint-add"),
    path("complaints/<uuid:pk>/", views.ComplaintDetail.as_view(), name="complaint-detail"),
    path("complaints/<uuid:pk>/change/", views.ComplaintChange.as_view(), name="complaint-change"),
]

urlpatterns = [*complaint_urls]
