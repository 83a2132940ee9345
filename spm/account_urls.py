"""Of allauth's routes only those that we use: signing in and out, one's own password and second step."""

from allauth.account import views
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import path, re_path

from spm import account_screens
from spm.streamed import in_two_pieces

urlpatterns = [
    path("login/", in_two_pieces(views.login), name="account_login"),
    path("logout/", in_two_pieces(views.logout), name="account_logout"),
    path("signup/", in_two_pieces(views.signup), name="account_signup"),
    path("inactive/", in_two_pieces(views.account_inactive), name="account_inactive"),
    path(
        "password/change/",
        in_two_pieces(account_screens.ChangePassword.as_view()),
        name="account_change_password",
    ),
    path("password/reset/", in_two_pieces(views.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/", in_two_pieces(views.password_reset_done), name="account_reset_password_done"
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        in_two_pieces(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        in_two_pieces(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("reauthenticate/", in_two_pieces(views.reauthenticate), name="account_reauthenticate"),
    path("second-step/", in_two_pieces(second_step.index), name="mfa_index"),
    path("second-step/code/", in_two_pieces(second_step.authenticate), name="mfa_authenticate"),
    path("second-step/code-again/", in_two_pieces(second_step.reauthenticate), name="mfa_reauthenticate"),
    path(
        "second-step/on/",
        in_two_pieces(account_screens.SetUpSecondFactor.as_view()),
        name="mfa_activate_totp",
    ),
    path(
        "second-step/off/",
        in_two_pieces(account_screens.RemoveSecondFactor.as_view()),
        name="mfa_deactivate_totp",
    ),
    path(
        "second-step/codes/",
        in_two_pieces(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-step/codes/new/",
        in_two_pieces(account_screens.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-step/codes/file/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
