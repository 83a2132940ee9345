"""Every route by every role, derived from the routes themselves; and the locks behind, each tried."""

import ast
import re
import sys
import types
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import NoReverseMatch, URLPattern, get_resolver, path, reverse
from django.utils import timezone

from clients.models import ChangeSet, Client, ClientMerge, ImportBatch, ImportProfile, Invitation, Membership
from exits.models import (
    ExitInterview,
    LeaverSample,
    LeaverType,
    Reason,
    RegisteredExit,
    ReportSchedule,
    SampledLeaver,
)
from feedback.models import Category, Complaint
from spm import access, views
from spm.access import GRANTS, Can, Role, can
from spm.checks import EXEMPT, every_route_is_declared, walk
from spm.middleware import ASSESSOR_MAY_SEND
from spm.models import Holiday, Job, PreparedFile, SubmissionConflict, User
from tests.conftest import member
from tests.exits.leavers import confirmed_and_asked
from tests.factories import (
    ClientFactory,
    HolidayFactory,
    InvitationFactory,
    ReportScheduleFactory,
    SubmissionConflictFactory,
)
from tests.feedback.steps import category, receive

pytestmark = pytest.mark.django_db

ROUTES = dict(walk())
SCREENS = {name: view.view_class for name, view in ROUTES.items() if name not in EXEMPT}
UNSAFE = ("post", "put", "patch", "delete")
# People of the cast by the role whose grants they have; nobody signs in and holds none.
PEOPLE = [*Role.values, "nobody"]


def address(name, pk=None):
    """Where a route is; with the key of no row unless one is given. None where it takes other arguments."""
    tries = [[], [pk or 987654321], [pk or uuid.UUID(int=7)], ["MQ", "none"]]
    for args in tries:
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no address for {name}")


def takes_a_row(name):
    try:
        reverse(name)
    except NoReverseMatch:
        return True
    return False


def grants(person):
    return GRANTS.get(person, frozenset())


def statuses(client, user, names, method="get"):
    client.force_login(user)
    return {name: getattr(client, method)(address(name)).status_code for name in names}


# The sweep


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_screen_turns_away_whoever_lacks_its_permission(person, method, client, request):
    shut = [name for name, view in SCREENS.items() if view.needs not in grants(person)]
    user = request.getfixturevalue(person)
    assert statuses(client, user, shut, method) == dict.fromkeys(shut, 403)


@pytest.mark.parametrize("person", Role.values)
def test_a_screen_opens_for_whoever_holds_its_permission(person, client, request):
    opened = {name for name, view in SCREENS.items() if view.needs in grants(person)}
    user = request.getfixturevalue(person)
    answers = statuses(client, user, opened)
    rows = {name for name in opened if takes_a_row(name)}
    pages = {name for name in opened - rows if SCREENS[name].http_method_names != ["post"]}
    assert {name: answers[name] for name in pages} == dict.fromkeys(pages, 200)
    # The row is not there; a screen that only takes a POST says that first.
    assert {answers[name] for name in rows} <= {404, 405}


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_signed_out_is_asked_to_sign_in(client, method):
    answers = {name: getattr(client, method)(address(name)) for name in SCREENS}
    sent_to = {name: answer.headers.get("Location", "") for name, answer in answers.items()}
    assert sent_to == {name: f"{reverse('account_login')}?next={address(name)}" for name in SCREENS}


def far_sample(office, by) -> LeaverSample:
    day = timezone.localdate()
    period = {"left_from": day, "left_until": day, "data_as_of": day, "drawn_at": timezone.now()}
    numbers = {"margin": 0.1, "size": 1, "reserve": 0, "seed": 1}
    return LeaverSample.objects.create(name="A", office=office, by=by, **period, **numbers)


def test_a_row_out_of_scope_is_not_found(client, request, branch_manager, admin, manager, far_office):
    """Each route over a row, tried by somebody with the permission and without the row."""
    stranger = member("stranger", Role.OFFICER, far_office)
    imported = ImportBatch.objects.create(source="all")
    job = Job.objects.create(work="clients.write_import", by=admin)
    confirmed, asked = confirmed_and_asked(ClientFactory(office=far_office), manager)
    strange = {
        Client: (branch_manager, far_client := ClientFactory(office=far_office)),
        ClientMerge: (
            branch_manager,
            ClientMerge.objects.create(
                survivor=far_client.external_id, merged="B", changes=ChangeSet.objects.create()
            ),
        ),
        Job: (manager, job),
        PreparedFile: (manager, PreparedFile.objects.create(owner=admin, path="/clients/", form="csv")),
        User: (branch_manager, stranger),
        Membership: (branch_manager, stranger.memberships.get()),
        Invitation: (branch_manager, InvitationFactory(office=far_office)),
        RegisteredExit: (branch_manager, confirmed),
        ExitInterview: (branch_manager, asked),
        SubmissionConflict: (branch_manager, SubmissionConflictFactory(office_path=far_office.path)),
        LeaverSample: (branch_manager, sample := far_sample(far_office, manager)),
        Complaint: (branch_manager, receive(office=far_office)),
        ReportSchedule: (branch_manager, ReportScheduleFactory(office=far_office, by=manager)),
        SampledLeaver: (branch_manager, sample.members.create(client=far_client, start=sample.left_from)),
    }
    # Imports concern every office, so whoever may see one may see all.
    saved = ImportProfile.objects.create(name="Core", mapping={"sheets": []})
    nothing_strange = {ImportBatch: imported, ImportProfile: saved, Holiday: HolidayFactory()}
    # Lists are the institution's own: whoever may see exits may see them all.
    nothing_strange |= {LeaverType: confirmed.leaver_type, Reason: asked, Category: category()}
    over_rows = {name: view for name, view in SCREENS.items() if takes_a_row(name)}
    assert {view.model for view in over_rows.values()} == strange.keys() | nothing_strange.keys()
    found = {}
    for name, view in over_rows.items():
        if view.model in strange:
            user, row = strange[view.model]
            assert view.needs in GRANTS[Role.MANAGER]
            client.force_login(user)
            method = client.post if view.http_method_names == ["post"] else client.get
            found[name] = method(address(name, row.pk)).status_code
    assert found == dict.fromkeys(found, 404)
    assert len(found) >= 4


@pytest.mark.parametrize("method", UNSAFE)
def test_an_assessor_changes_nothing_anywhere(client, assessor, method):
    names = ROUTES.keys() - ASSESSOR_MAY_SEND
    assert statuses(client, assessor, names, method) == dict.fromkeys(names, 403)


@pytest.mark.parametrize(
    "name",
    [
        "account_logout",
        "account_change_password",
        "clients:invitation-accept",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
        "set_language",
    ],
)
def test_what_is_an_assessors_own_is_not_kept_from_them(name, client, assessor):
    assert statuses(client, assessor, [name], "post")[name] != 403


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_an_assessor_may_ask_every_screen_of_theirs_what_it_shows_and_what_it_takes(client, assessor, method):
    theirs = [name for name, view in SCREENS.items() if view.needs in GRANTS[Role.ASSESSOR]]
    assert statuses(client, assessor, theirs, method) == dict.fromkeys(theirs, 200)


def test_an_assessor_may_change_their_password_and_the_language_and_sign_out(client, assessor):
    assessor.set_password("the-first-one-12")
    assessor.save()
    client.force_login(assessor)
    change = {"oldpassword": "the-first-one-12", "password1": "the-second-one-34"}
    sent = {
        "account_change_password": change | {"password2": change["password1"]},
        "set_language": {"language": "es"},
        "account_logout": {},
    }
    tried_elsewhere = {name for name in ASSESSOR_MAY_SEND if name.startswith("mfa_")} | {
        "account_reauthenticate",
        "clients:invitation-accept",
    }
    assert sent.keys() | tried_elsewhere == ASSESSOR_MAY_SEND.keys()
    answers = {name: client.post(reverse(name), data).status_code for name, data in sent.items()}
    assert answers == dict.fromkeys(sent, 302)
    assessor.refresh_from_db()
    assert assessor.check_password("the-second-one-34")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"
    assert "_auth_user_id" not in client.session


def test_whatever_the_account_menu_offers_an_assessor_opens_and_may_be_sent(client, assessor):
    client.force_login(assessor)
    page = client.get(reverse("home")).text
    offered = {name for name in EXEMPT if f'"{address(name)}"' in page}
    assert offered == {"account_change_password", "account_logout", "mfa_index", "set_language"}
    assert offered - {"mfa_index"} <= ASSESSOR_MAY_SEND.keys()
    assert client.get(reverse("mfa_index")).status_code == 200


def test_the_sweep_reaches_every_route_of_every_app():
    def count(patterns):
        return sum(1 if isinstance(p, URLPattern) else count(p.url_patterns) for p in patterns)

    assert len(list(walk())) == len(ROUTES) == count(get_resolver().url_patterns)
    root = Path(settings.BASE_DIR)
    with_urls = {file.parent.name for file in root.glob("*/urls.py")} - {"spm"}
    assert {name.partition(":")[0] for name in ROUTES if ":" in name} == with_urls
    assert {view.__module__.split(".")[0] for view in SCREENS.values()} == with_urls | {"spm"}


def test_no_exemption_outlives_its_route_or_is_for_a_screen_that_needs_a_permission():
    assert EXEMPT.keys() - ROUTES.keys() == set()
    assert ASSESSOR_MAY_SEND.keys() - ROUTES.keys() == set()
    assert [name for name in EXEMPT if hasattr(getattr(ROUTES[name], "view_class", None), "needs")] == []


def test_of_the_pages_for_accounts_only_those_are_there_that_somebody_reaches():
    """Everybody has a password, and is asked for it where it is changed."""
    assert {name for name in ROUTES if name.startswith(("account_", "mfa_"))} == {
        "account_login",
        "account_logout",
        "account_signup",
        "account_inactive",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }


# The locks


@pytest.fixture
def undeclared(settings):
    """A route by a plain function, which no screen guards, and one by a class that leans on its parent."""

    class Guarded(views.View):
        needs = Can.HOME_VIEW

        def get(self, request):
            return HttpResponse("seen")

    heir = type("Heir", (Guarded,), {"needs": Can.HOME_VIEW})
    del heir.needs
    routes = types.ModuleType("tests.undeclared_routes")
    routes.urlpatterns = [
        path("bare/", lambda request: HttpResponse("seen"), name="bare"),
        path("heir/", heir.as_view(), name="heir"),
        path("declared/", Guarded.as_view(), name="declared"),
        *get_resolver("spm.urls").url_patterns,
    ]
    sys.modules[routes.__name__] = routes
    settings.ROOT_URLCONF = routes.__name__
    yield
    del sys.modules[routes.__name__]


def test_the_start_up_check_names_each_route_that_does_not_say_who_may_see_it(undeclared):
    flaws = every_route_is_declared(None)
    assert [(flaw.id, flaw.msg) for flaw in flaws] == [
        ("spm.E001", "The route bare does not say who may see it."),
        ("spm.E001", "The route heir does not say who may see it."),
    ]


def test_the_start_up_check_is_content_with_our_routes():
    assert every_route_is_declared(None) == []


def test_a_route_that_slipped_in_answers_nobody(undeclared, client, manager):
    client.force_login(manager)
    assert [client.get(f"/{name}/").status_code for name in ("bare", "heir", "declared")] == [403, 403, 200]


def test_a_screen_without_a_permission_cannot_be_written():
    with pytest.raises(TypeError, match="must set `needs`"):
        type("Bare", (views.TemplateView,), {})
    with pytest.raises(TypeError, match="must set `needs`"):
        type("Word", (views.View,), {"needs": "home_view"})


def test_a_permission_of_the_parent_is_not_enough():
    parent = type("Parent", (views.TemplateView,), {"needs": Can.HOME_VIEW})
    with pytest.raises(TypeError, match="must set `needs`"):
        type("Heir", (parent,), {})


def test_nothing_behind_the_sign_in_is_kept_by_a_cache(client, manager):
    client.force_login(manager)
    assert client.get(reverse("home")).headers["Cache-Control"] == "no-store"


def test_a_role_has_only_the_permissions_that_its_grants_name():
    """A new permission is nobody's until somebody gives it."""
    (grants,) = re.findall(r"^GRANTS.*?^}", Path(access.__file__).read_text(), re.MULTILINE | re.DOTALL)
    written = ast.parse(grants).body[0].value
    named = [{Can[name] for name in re.findall(r"Can\.(\w+)", ast.unparse(role))} for role in written.values]
    assert dict(zip(GRANTS, named, strict=True)) == GRANTS


def test_the_page_on_access_says_what_the_code_says(capsys):
    call_command("access_table")
    page = Path(settings.BASE_DIR, "docs", "access.md").read_text(encoding="utf-8")
    assert page == capsys.readouterr().out


def test_how_far_a_person_reaches_is_worked_out_once_a_request_and_anew_for_the_next(
    manager, django_assert_num_queries
):
    def asked_for_each_name(user):
        return [
            can(user, permission)
            for permission in (Can.CLIENTS_IDENTIFY, Can.EXITS_VIEW)
            for _row in range(50)
        ]

    with django_assert_num_queries(1):
        assert all(asked_for_each_name(manager))
    manager.memberships.update(ended_at=timezone.now())
    assert not any(asked_for_each_name(User.objects.get(pk=manager.pk)))


def test_whoever_is_shut_out_meanwhile_reaches_nothing(manager):
    assert can(manager, Can.EXITS_VIEW)
    manager.is_active = False
    assert not can(manager, Can.EXITS_VIEW)
