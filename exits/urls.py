from django.urls import path

from exits import views

app_name = "exits"

rate_urls = [
    path("", views.ExitRate.as_view(), name="exit-rate"),
    path("counted/", views.CountedList.as_view(), name="counted-list"),
    path("watch/", views.WatchList.as_view(), name="watch-list"),
    path("overdue/", views.OverdueList.as_view(), name="overdue-list"),
]

definition_urls = [
    path("definitions/", views.DefinitionList.as_view(), name="definition-list"),
    path("definitions/new/", views.DefinitionAdd.as_view(), name="definition-add"),
]

contact_urls = [
    path("contacts/new/", views.ContactAdd.as_view(), name="contact-add"),
    path("cost/", views.CostOfExit.as_view(), name="exit-cost"),
    path("win-back/", views.WinBackList.as_view(), name="winback-list"),
]

register_urls = [
    path("register/", views.ExitRegister.as_view(), name="register-list"),
    path("register/confirm/", views.ExitConfirm.as_view(), name="exit-confirm"),
    path("register/<uuid:pk>/", views.ExitChange.as_view(), name="exit-change"),
]

interview_urls = [
    path("interviews/", views.InterviewList.as_view(), name="interview-list"),
    path("interviews/new/", views.InterviewAdd.as_view(), name="interview-add"),
    path("interviews/<uuid:pk>/", views.InterviewDetail.as_view(), name="interview-detail"),
]

reference_urls = [
    path("lists/interview/", views.WordingList.as_view(), name="wording-list"),
    path("lists/interview/new/", views.WordingAdd.as_view(), name="wording-add"),
    path("lists/interview/file/", views.WordingTake.as_view(), name="wording-take"),
    path("lists/types/file/", views.TypeEntryTake.as_view(), name="type-entry-take"),
    path("lists/reasons/file/", views.ReasonEntryTake.as_view(), name="reason-entry-take"),
    path("lists/types/", views.TypeEntryList.as_view(), name="type-entry-list"),
    path("lists/types/new/", views.TypeEntryAdd.as_view(), name="type-entry-add"),
    path("lists/types/<int:pk>/", views.TypeEntryChange.as_view(), name="type-entry-change"),
    path("lists/types/<int:pk>/withdraw/", views.TypeEntryWithdraw.as_view(), name="type-entry-withdraw"),
    path(
        "lists/types/<int:pk>/bring-back/", views.TypeEntryBringBack.as_view(), name="type-entry-bring-back"
    ),
    path("lists/types/<int:pk>/move/", views.TypeEntryMove.as_view(), name="type-entry-move"),
    path("lists/reasons/", views.ReasonEntryList.as_view(), name="reason-entry-list"),
    path("lists/reasons/new/", views.ReasonEntryAdd.as_view(), name="reason-entry-add"),
    path("lists/reasons/<int:pk>/", views.ReasonEntryChange.as_view(), name="reason-entry-change"),
    path(
        "lists/reasons/<int:pk>/withdraw/", views.ReasonEntryWithdraw.as_view(), name="reason-entry-withdraw"
    ),
    path(
        "lists/reasons/<int:pk>/bring-back/",
        views.ReasonEntryBringBack.as_view(),
        name="reason-entry-bring-back",
    ),
    path("lists/reasons/<int:pk>/move/", views.ReasonEntryMove.as_view(), name="reason-entry-move"),
]

panel_urls = [path("panels/client/<int:pk>/", views.ClientPanel.as_view(), name="client-panel")]

analysis_urls = [
    path("stages/", views.Stages.as_view(), name="stage-list"),
    path("profile/", views.Profile.as_view(), name="profile-list"),
    path("profile/types/", views.Types.as_view(), name="type-list"),
    path("stays/", views.Stays.as_view(), name="stay-curve"),
    path("cohorts/", views.Cohorts.as_view(), name="cohort-list"),
    path("seasons/", views.Seasons.as_view(), name="season-list"),
    path("limits/", views.Limits.as_view(), name="limit-chart"),
    path("returns/", views.Returns.as_view(), name="return-curve"),
]

reason_urls = [
    path("reasons/", views.ReasonList.as_view(), name="reason-list"),
    path("reasons/verbatims/", views.VerbatimList.as_view(), name="verbatim-list"),
]

report_urls = [
    path("report/", views.ExitReport.as_view(), name="report"),
    path("report/schedules/", views.ScheduleList.as_view(), name="schedule-list"),
    path("report/schedules/new/", views.ScheduleAdd.as_view(), name="schedule-add"),
    path("report/schedules/<uuid:pk>/", views.ScheduleChange.as_view(), name="schedule-change"),
]

sample_urls = [
    path("samples/", views.SampleList.as_view(), name="sample-list"),
    path("samples/new/", views.SampleAdd.as_view(), name="sample-add"),
    path("samples/<uuid:pk>/", views.SampleDetail.as_view(), name="sample-detail"),
    path("samples/leavers/<int:pk>/replace/", views.LeaverReplace.as_view(), name="leaver-replace"),
]

urlpatterns = rate_urls + definition_urls + contact_urls + register_urls + interview_urls
urlpatterns += panel_urls + analysis_urls + reason_urls + sample_urls + reference_urls
urlpatterns += report_urls
