"""Invitations: who was invited to what, and the page behind the link in the mail."""

from functools import cached_property

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import generic
from django.views.decorators.cache import never_cache

from clients.actions import invitations as actions
from clients.forms.invitations import InvitationForm, JoinForm
from clients.models import Invitation
from clients.queries import invitations as queries
from clients.views.people import attempt
from spm import exports, mail, streamed, views
from spm.access import Can, may_grant

State = Invitation.State
MARKS = {State.WAITING: "wait", State.ACCEPTED: "ok"}
COLUMNS = [
    exports.Column(gettext_lazy("E-mail address"), code="email"),
    exports.Column(gettext_lazy("Role"), code="role"),
    exports.Column(gettext_lazy("Office"), code="office"),
    exports.Column(gettext_lazy("Last day"), kind="date", code="valid_to"),
    exports.Column(gettext_lazy("Invited by"), code="invited_by"),
    exports.Column(gettext_lazy("Sent"), kind="date", code="sent_on"),
    exports.Column(gettext_lazy("State"), code="state"),
]


def deliver(request, invitation: Invitation, token: str) -> None:
    path = reverse("clients:invitation-accept", args=[token])
    link = request.build_absolute_uri(path)
    # Who has an account reads what they chose there, whatever the sender thought.
    language = mail.language_of(queries.account_for(invitation), invitation.language)
    mail.send("invitation", to=invitation.email, language=language, invitation=invitation, link=link)


class InvitationList(views.Exported, views.ListView):
    needs = Can.PEOPLE_MANAGE
    model = Invitation
    template_name = "clients/invitation_list.html"

    def get_queryset(self):
        return queries.for_list(super().get_queryset())

    def export_table(self) -> exports.Table:
        now = timezone.now()
        rows = (
            (
                invitation.email,
                invitation.get_role_display(),
                str(invitation.office),
                invitation.valid_to,
                str(invitation.by),
                timezone.localtime(invitation.sent_at).date(),
                str(invitation.state(now).label),
            )
            for invitation in self.get_queryset()
        )
        return exports.Table(_("Invitations"), COLUMNS, rows, [])

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"rows": [self.row(invitation) for invitation in context["page_obj"]]}

    def row(self, invitation) -> dict:
        state = invitation.state(timezone.now())
        may_answer = may_grant(self.request.user, invitation.role, invitation.office)
        return {
            "invitation": invitation,
            "state": state,
            "mark": MARKS.get(state, ""),
            "open": may_answer and state in {State.WAITING, State.EXPIRED},
        }


class InvitationNew(views.FormView):
    needs = Can.PEOPLE_MANAGE
    form_class = InvitationForm
    template_name = "clients/invitation_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        try:
            invitation, token = actions.invite(by=self.request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
            return self.form_invalid(form)
        attempt(
            self.request, _("The invitation is on its way."), self.send, invitation=invitation, token=token
        )
        return redirect("clients:invitation-list")

    def send(self, *, invitation, token, by):
        deliver(self.request, invitation, token)


class InvitationResend(views.DetailView):
    needs = Can.PEOPLE_MANAGE
    model = Invitation
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        attempt(request, _("The invitation is on its way."), self.send, invitation=self.get_object())
        return redirect("clients:invitation-list")

    def send(self, *, invitation, by):
        deliver(self.request, invitation, actions.resend(invitation=invitation, by=by))


class InvitationWithdraw(views.DetailView):
    needs = Can.PEOPLE_MANAGE
    model = Invitation
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        done = _("The invitation is withdrawn. Its link no longer works.")
        attempt(request, done, actions.withdraw, invitation=self.get_object())
        return redirect("clients:invitation-list")


@method_decorator([login_not_required, never_cache], name="dispatch")
class InvitationAccept(generic.View):
    """Behind the link in the mail. GET shows what is offered, as mail scanners may open it; POST takes it.

    A link that is wrong, used, too old or withdrawn, or whose sender may no longer give the role, leads to
    one and the same page.
    """

    def dispatch(self, request, *args, **kwargs):
        self.invitation = queries.usable(kwargs["token"])
        if self.invitation is None:
            return gone(request)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def account(self):
        return queries.account_for(self.invitation)

    def get(self, request, token):
        return streamed.answer(request, lambda: self.page(JoinForm(email=self.invitation.email)))

    def post(self, request, token):
        if request.user.is_authenticated:
            return self.accept() if self.is_invited() else self.page(None)
        return self.page(None) if self.account else self.join()

    def is_invited(self) -> bool:
        return self.request.user.email.lower() == self.invitation.email

    def accept(self):
        try:
            actions.accept_invitation(invitation=self.invitation, by=self.request.user)
        except ValidationError:
            return gone(self.request)
        messages.success(self.request, _("The role is yours from now on."))
        return redirect("home")

    def join(self):
        form = JoinForm(self.request.POST, email=self.invitation.email)
        if not form.is_valid():
            return self.page(form)
        given = {name: form.cleaned_data[name] for name in ("full_name", "password")}
        try:
            actions.join(invitation=self.invitation, **given)
        except ValidationError:
            return gone(self.request)
        messages.success(self.request, _("Your account is ready. Sign in with your e-mail address."))
        return redirect("account_login")

    def page(self, form):
        return render(
            self.request,
            "clients/invitation_accept.html",
            {
                "invitation": self.invitation,
                "account": self.account,
                "invited": self.request.user.is_authenticated and self.is_invited(),
                "form": form,
            },
        )


def gone(request):
    return render(request, "clients/invitation_gone.html", status=404)
