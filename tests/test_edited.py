"""Every form over a saved record asks for the version it was made from; found from the routes themselves."""

import datetime as dt

import pytest
from django.utils import timezone

from clients.actions.institution import describe_institution, set_logo
from clients.models import Membership
from exits.actions import confirm_exit
from exits.models import LeaverType, Reason, RegisteredExit, ReportSchedule
from feedback.models import Category, Complaint
from spm import conflicts, views
from spm.access import Can, can
from spm.editing import Edited
from spm.models import Holiday, Institution, Logo
from spm.models.versioned import Versioned
from tests.factories import ClientFactory, HolidayFactory, MembershipFactory, ReportScheduleFactory
from tests.feedback.steps import sorted_one
from tests.spm.pictures import PICTURE
from tests.test_access import SCREENS, address

pytestmark = pytest.mark.django_db

# Forms that overwrite no record, each with its reason.
OVERWRITE_NOTHING = {
    "clients:role-add": "makes a row: the person's other roles stay as they are",
    "clients:invitation-new": "makes a row",
    "clients:holiday-add": "makes a row",
    "clients:import-upload": "makes a row of a file",
    "clients:import-columns": "is sent once: an import whose columns are chosen shows no form any more",
    "clients:import-undo": "shows what would be, and is refused once something newer is there",
    "clients:portfolio-export": "makes a file",
    "clients:client-merge": "makes two rows one, by values that the page shows side by side",
    "exits:contact-add": "makes a row, once for each number that the phone gives it",
    "exits:exit-confirm": "makes a row, once for each stay; a second one is refused, and changed on its page",
    "exits:type-entry-add": "makes a row",
    "exits:reason-entry-add": "makes a row",
    "exits:wording-add": "makes a row, after the one that it was made from; else it is refused",
    **dict.fromkeys(
        ("exits:wording-take", "exits:type-entry-take", "exits:reason-entry-take"),
        "shows what would be, and is refused once something newer is there",
    ),
    "exits:interview-add": "makes a row, once for each number that the phone gives it",
    "feedback:category-entry-add": "makes a row",
    "feedback:complaint-add": "makes a row, once for each number that the phone gives it",
    "exits:sample-add": "makes a row of its own draw",
    "exits:schedule-add": "makes a row",
    "exits:sample-detail": "gives work to who has none yet, and draws the second interviews once",
    "exits:leaver-replace": "is done once: whoever was replaced or asked meanwhile is refused",
    "exits:definition-add": "adds a version of the definition; those of others stay, and are told apart",
}


def has_a_form(view) -> bool:
    return hasattr(view, "post") and hasattr(view, "get") and "get" in view.http_method_names


def unguarded(screens) -> set[str]:
    """Of the screens those with a form that does not ask for a version."""
    return {name for name, view in screens.items() if has_a_form(view) and not issubclass(view, Edited)}


EDITED = {name: view for name, view in SCREENS.items() if issubclass(view, Edited)}


def test_every_form_over_a_saved_record_asks_for_its_version():
    assert unguarded(SCREENS) == OVERWRITE_NOTHING.keys()


def test_a_form_that_does_not_ask_is_found():
    class Careless(views.FormView):
        needs = Can.HOME_VIEW

    class Careful(Edited, views.DetailView):
        needs = Can.HOME_VIEW

    class Shown(views.DetailView):
        needs = Can.HOME_VIEW

    assert unguarded({"careless": Careless, "careful": Careful, "shown": Shown}) == {"careless"}


def confirmed(officer):
    """An exit that is confirmed."""
    listed = {"code": "x", "words": {"en": "Ended"}, "starts_on": "2020-01-01"}
    kind = LeaverType.objects.create(**listed, initiative="mfi", tone="neutral")
    at = timezone.now()
    stay = {"client": ClientFactory(), "start": dt.date(2025, 1, 1), "at": at}
    return confirm_exit(**stay, leaver_type=kind, by=officer)


@pytest.fixture
def editor(admin, manager):
    """Who may edit by the screen: an administrator, or a manager where administrators may not."""
    return lambda view: admin if can(admin, view.needs) else manager


@pytest.fixture
def rows(officer):
    """A row of each model that people edit."""
    return {
        Membership: officer.memberships.get(),
        Institution: describe_institution(name="Caja", currency="PEN", by=None),
        Holiday: HolidayFactory(),
        RegisteredExit: (said := confirmed(officer)),
        LeaverType: said.leaver_type,
        Reason: Reason.objects.create(code="x", words={"en": "Waits"}, starts_on="2020-01-01"),
        ReportSchedule: ReportScheduleFactory(
            recipients=[MembershipFactory(user__email="a@example.org").user]
        ),
        Complaint: (row := sorted_one()),
        Category: row.category,
        Logo: set_logo(picture=PICTURE, by=None, version=1),
    }


def test_every_edited_record_counts_its_versions(rows):
    models = {view.model for view in EDITED.values()}
    assert (models, all(issubclass(model, Versioned) for model in models)) == (rows.keys(), True)


@pytest.mark.parametrize("name", EDITED)
def test_an_edit_form_carries_the_version_and_is_refused_without_it(name, client, editor, rows):
    row = rows[EDITED[name].model]
    client.force_login(editor(EDITED[name]))
    path = address(name, row.pk)
    page = client.get(path)
    assert f'<input type="hidden" name="version" value="{row.version}">' in page.text
    for version in ({}, {"version": ""}, {"version": "1e1"}, {"version": "-1"}, {"version": "9" * 30}):
        refused = client.post(path, version)
        assert refused.status_code == 400
        assert "so nothing was changed" in refused.text
    assert rows[EDITED[name].model].version == type(row).objects.get(pk=row.pk).version


@pytest.mark.parametrize("name", EDITED)
def test_an_edit_form_made_from_another_version_is_a_conflict(name, client, editor, rows):
    row = rows[EDITED[name].model]
    client.force_login(editor(EDITED[name]))
    path = address(name, row.pk)
    form = client.get(path).context["form"]
    untouched = conflicts.untouched(form)
    type(row).objects.update(version=7)
    assert client.post(path, untouched | {"version": row.version}).status_code == 409
    assert client.post(path, untouched | {"version": 7}).status_code == 302
