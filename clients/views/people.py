"""People with an account: the list, one person, and what may be done to the account."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.actions import people as actions
from clients.forms.people import PersonFilter
from clients.models import Membership
from clients.queries import people as queries
from spm import mail, second_factor, views
from spm.access import Can, may_grant
from spm.models import User
from spm.tables import Cell, Column

Standing = Membership.Standing
MARKS = {Standing.NOW: "ok", Standing.LATER: "wait"}
COLUMNS = [
    Column(
        gettext_lazy("Name"),
        code="name",
        value=str,
        cell=lambda person: Cell(str(person), url=reverse("clients:person-detail", args=[person.pk])),
    ),
    Column(gettext_lazy("User name"), code="username", value=lambda person: person.username),
    Column(gettext_lazy("E-mail address"), code="email", value=lambda person: person.email),
    Column(
        gettext_lazy("Roles"),
        code="roles",
        value=lambda person: "; ".join(role.in_words() for role in person.held),
    ),
    Column(
        gettext_lazy("State"),
        code="state",
        value=lambda person: str(queries.state_of(person).label),
        cell=lambda person: state_cell(queries.state_of(person)),
    ),
    Column(
        gettext_lazy("Second step"),
        code="second_step",
        value=lambda person: _("yes") if person.has_second_factor else _("no"),
    ),
    Column(
        gettext_lazy("Last sign-in"),
        "date",
        code="last_sign_in",
        value=lambda person: person.last_login and timezone.localtime(person.last_login).date(),
    ),
]


def state_cell(state) -> Cell:
    return Cell(status=queries.MARKS[state], words=state.label)


class PersonList(views.TableList):
    needs = Can.PEOPLE_MANAGE
    model = User
    template_name = "clients/person_list.html"
    table_name = gettext_lazy("People")
    personal = frozenset({"q"})

    @cached_property
    def form(self) -> PersonFilter:
        return PersonFilter(self.request.GET, user=self.request.user)

    def get_queryset(self):
        day = timezone.localdate()
        people, chosen = super().get_queryset(), self.form.chosen()
        if not chosen.pop("former", self.form.shows_former):
            people = queries.still_there(people, self.request.user, day)
        return queries.for_list(queries.filtered(people, day, **chosen), day)

    def get_columns(self):
        return COLUMNS

    def about(self):
        shown = "; ".join(f"{chip['label']} {chip['value']}" for chip in self.form.chips())
        return [(_("Filter"), shown or _("everything"))]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"form": self.form, "chips": self.form.chips()}


class PersonDetail(views.DetailView):
    """One person: the account, the roles of now and before, and what this user may change of them."""

    needs = Can.PEOPLE_MANAGE
    model = User
    context_object_name = "person"
    template_name = "clients/person_detail.html"

    def get_queryset(self):
        return queries.for_list(super().get_queryset(), timezone.localdate())

    def get_context_data(self, **kwargs):
        person, user = self.object, self.request.user
        state = queries.state_of(person)
        return super().get_context_data(**kwargs) | {
            "state": state,
            "mark": queries.MARKS[state],
            "roles": [self.row(membership) for membership in queries.roles_of(person)],
            "manages": queries.may_manage(user, person),
            "oneself": user == person,
            "needs_second_factor": second_factor.required_of(person),
        }

    def row(self, membership) -> dict:
        """A role with its standing in words, and whether this user may change it or end it."""
        standing = membership.standing(timezone.localdate())
        user, own = self.request.user, membership.user_id == self.request.user.pk
        gives = may_grant(user, membership.role, membership.office)
        return {
            "membership": membership,
            "standing": standing,
            "mark": MARKS.get(standing, ""),
            "may_change": gives and not own and standing != Standing.OVER,
            "may_end": (gives or own) and standing != Standing.OVER,
        }


def attempt(request, done: str, act, **what) -> None:
    """Take the action in the user's name, and say how it went."""
    try:
        act(by=request.user, **what)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    except mail.NotSent:
        messages.error(request, _("The mail server did not take the mail. Try again in some minutes."))
    else:
        messages.success(request, done)


class PersonAction(views.DetailView):
    """Something done to an account, by POST from the person's page and back to it."""

    needs = Can.PEOPLE_MANAGE
    model = User
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        person = self.get_object()
        attempt(request, self.done, self.act, user=person)
        return redirect("clients:person-detail", person.pk)


class PersonDeactivate(PersonAction):
    needs = Can.PEOPLE_MANAGE
    act = staticmethod(actions.deactivate)
    done = gettext_lazy("The account is shut. Nobody is signed in with it any more.")


class PersonReactivate(PersonAction):
    needs = Can.PEOPLE_MANAGE
    act = staticmethod(actions.reactivate)
    done = gettext_lazy("The account is open again.")


class PersonSecondStep(PersonAction):
    needs = Can.PEOPLE_MANAGE
    act = staticmethod(actions.reset_second_factor)
    done = gettext_lazy("The second step is taken away. The person sets it up anew after the next sign-in.")


class PersonPassword(views.DetailView):
    needs = Can.PEOPLE_MANAGE
    model = User
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        person = self.get_object()
        attempt(request, _("The link is on its way."), self.send_link, user=person)
        return redirect("clients:person-detail", person.pk)

    def send_link(self, *, user, by):
        link = self.request.build_absolute_uri(actions.make_password_link(user=user, by=by))
        mail.send("new_password", to=user.email, language=mail.language_of(user), person=user, link=link)
