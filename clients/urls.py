from django.urls import path

from clients import views

app_name = "clients"

client_urls = [
    path("", views.ClientList.as_view(), name="client-list"),
    path("twice/", views.DuplicateList.as_view(), name="duplicate-list"),
    path("<int:pk>/merge/", views.MergeClients.as_view(), name="client-merge"),
    path("merged/", views.MergeList.as_view(), name="merge-list"),
    path("merged/<int:pk>/undo/", views.MergeUndo.as_view(), name="merge-undo"),
    path("<int:pk>/", views.ClientDetail.as_view(), name="client-detail"),
]

portfolio_urls = [
    path("portfolio/", views.PortfolioExport.as_view(), name="portfolio-export"),
]

import_urls = [
    path("imports/", views.ImportList.as_view(), name="import-list"),
    path("imports/new/", views.ImportUpload.as_view(), name="import-upload"),
    path("imports/template/", views.ImportTemplate.as_view(), name="import-template"),
    path("imports/<int:pk>/", views.ImportDetail.as_view(), name="import-detail"),
    path("imports/<int:pk>/confirm/", views.ImportConfirm.as_view(), name="import-confirm"),
    path("imports/<int:pk>/discard/", views.ImportDiscard.as_view(), name="import-discard"),
    path("imports/<int:pk>/columns/", views.ImportColumns.as_view(), name="import-columns"),
    path("imports/columns/", views.ProfileList.as_view(), name="profile-list"),
    path("imports/columns/<int:pk>/", views.ProfileFile.as_view(), name="profile-file"),
    path("imports/<int:pk>/undo/", views.ImportUndo.as_view(), name="import-undo"),
    path("imports/<int:pk>/behind/", views.ImportBehind.as_view(), name="import-behind"),
    path("imports/<int:pk>/rejected/", views.ImportRejected.as_view(), name="import-rejected"),
]

person_urls = [
    path("people/", views.PersonList.as_view(), name="person-list"),
    path("people/<int:pk>/", views.PersonDetail.as_view(), name="person-detail"),
    path("people/<int:pk>/shut/", views.PersonDeactivate.as_view(), name="person-deactivate"),
    path("people/<int:pk>/open/", views.PersonReactivate.as_view(), name="person-reactivate"),
    path("people/<int:pk>/password/", views.PersonPassword.as_view(), name="person-password"),
    path("people/<int:pk>/second-step/", views.PersonSecondStep.as_view(), name="person-second-step"),
    path("people/<int:pk>/roles/new/", views.RoleAdd.as_view(), name="role-add"),
    path("people/roles/<int:pk>/", views.RoleChange.as_view(), name="role-change"),
    path("people/roles/<int:pk>/end/", views.RoleEnd.as_view(), name="role-end"),
]

invitation_urls = [
    path("people/invitations/", views.InvitationList.as_view(), name="invitation-list"),
    path("people/invitations/new/", views.InvitationNew.as_view(), name="invitation-new"),
    path("people/invitations/<int:pk>/resend/", views.InvitationResend.as_view(), name="invitation-resend"),
    path(
        "people/invitations/<int:pk>/withdraw/",
        views.InvitationWithdraw.as_view(),
        name="invitation-withdraw",
    ),
    path("people/invitations/link/<str:token>/", views.InvitationAccept.as_view(), name="invitation-accept"),
]

institution_urls = [
    path("institution/", views.InstitutionChange.as_view(), name="institution-change"),
    path("institution/logo/", views.InstitutionLogo.as_view(), name="logo-change"),
    path("institution/mail/", views.InstitutionMail.as_view(), name="institution-mail"),
    path("institution/holidays/", views.HolidayList.as_view(), name="holiday-list"),
    path("institution/holidays/new/", views.HolidayAdd.as_view(), name="holiday-add"),
    path("institution/holidays/<int:pk>/", views.HolidayChange.as_view(), name="holiday-change"),
    path("institution/holidays/<int:pk>/remove/", views.HolidayRemove.as_view(), name="holiday-remove"),
]

urlpatterns = client_urls + portfolio_urls + import_urls + person_urls + invitation_urls + institution_urls
