from django.urls import path

from clients import views

app_name = "clients"

client_urls = [
    path("", views.ClientList.as_view(), name="client-list"),
    path("<int:pk>/", views.ClientDetail.as_view(), name="client-detail"),
]

import_urls = [
    path("imports/", views.ImportList.as_view(), name="import-list"),
    path("imports/new/", views.ImportUpload.as_view(), name="import-upload"),
    path("imports/template/", views.ImportTemplate.as_view(), name="import-template"),
    path("imports/<int:pk>/", views.ImportDetail.as_view(), name="import-detail"),
    path("imports/<int:pk>/confirm/", views.ImportConfirm.as_view(), name="import-confirm"),
    path("imports/<int:pk>/discard/", views.ImportDiscard.as_view(), name="import-discard"),
    path("imports/<int:pk>/undo/", views.ImportUndo.as_view(), name="import-undo"),
    path("imports/<int:pk>/behind/", views.ImportBehind.as_view(), name="import-behind"),
    path("imports/<int:pk>/rejected/", views.ImportRejected.as_view(), name="import-rejected"),
]

urlpatterns = client_urls + import_urls
