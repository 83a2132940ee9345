from django.urls import path

from feedback import views

app_name = "feedback"

complaint_urls = [
    path("complaints/", views.ComplaintList.as_view(), name="complaint-list"),
    path("complaints/new/", views.ComplaintAdd.as_view(), name="complaint-add"),
    path("complaints/<uuid:pk>/", views.ComplaintDetail.as_view(), name="complaint-detail"),
    path("complaints/<uuid:pk>/change/", views.ComplaintChange.as_view(), name="complaint-change"),
]

category_urls = [
    path("categories/", views.CategoryEntryList.as_view(), name="category-entry-list"),
    path("categories/new/", views.CategoryEntryAdd.as_view(), name="category-entry-add"),
    path("categories/<int:pk>/", views.CategoryEntryChange.as_view(), name="category-entry-change"),
    path(
        "categories/<int:pk>/withdraw/", views.CategoryEntryWithdraw.as_view(), name="category-entry-withdraw"
    ),
    path(
        "categories/<int:pk>/bring-back/",
        views.CategoryEntryBringBack.as_view(),
        name="category-entry-bring-back",
    ),
    path("categories/<int:pk>/move/", views.CategoryEntryMove.as_view(), name="category-entry-move"),
]

urlpatterns = [*complaint_urls, *category_urls]
