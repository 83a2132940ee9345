"""A person's roles: giving one, changing one, ending one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.actions.roles import change_role, end_role, grant_role
from clients.forms.people import RoleChangeForm, RoleForm
from clients.models import Membership
from clients.views.people import attempt
from spm import views
from spm.access import Can
from spm.editing import Edited
from spm.models import User


class RoleScreen(views.DetailView):
    """A form beside a row: shows it on GET, takes it on POST; a refusal stands on top of the form."""

    needs = Can.PEOPLE_MANAGE
    template_name = "clients/role_form.html"

    def show(self):
        return self.render_to_response(self.get_context_data(form=self.form()))

    def post(self, request, *args, **kwargs):
        self.object = self.get_object()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                return self.save(form)
            except ValidationError as refused:
                form.add_error(None, ValidationError(refused.messages))
        return self.render_to_response(self.get_context_data(form=form))

    def back(self, person) -> HttpResponseRedirect:
        return redirect("clients:person-detail", person.pk)


class RoleAdd(RoleScreen):
    needs = Can.PEOPLE_MANAGE
    model = User
    context_object_name = "person"

    def get_object(self, queryset=None):
        person = super().get_object(queryset)
        if person == self.request.user:
            raise PermissionDenied
        return person

    def form(self, data=None):
        return RoleForm(data, user=self.request.user)

    def save(self, form):
        grant_role(user=self.object, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The role is given."))
        return self.back(self.object)


class RoleChange(Edited, RoleScreen):
    needs = Can.PEOPLE_MANAGE
    model = Membership
    edit_verbs = ("role.changed",)
    context_object_name = "membership"

    def get_queryset(self):
        return super().get_queryset().select_related("user", "office")

    def get_object(self, queryset=None):
        membership = super().get_object(queryset)
        if membership.user == self.request.user:
            raise PermissionDenied
        return membership

    def form(self, data=None):
        held = self.object
        begun = {"office": held.office, "valid_to": held.valid_to}
        first = max(held.valid_from, timezone.localdate())
        return RoleChangeForm(
            data, user=self.request.user, role=held.role, initial=begun | {"valid_from": first}
        )

    def latest(self):
        """A change makes a new row of a role: the one that came of the last change that the user may see."""
        role = self.get_object()
        while later := self.get_queryset().filter(follows=role).order_by("-pk").first():
            role = later
        return role

    def address(self):
        return reverse("clients:role-change", args=[self.object.pk])

    def record_words(self):
        return str(self.object.user)

    def save(self, form, version):
        change_role(membership=self.object, by=self.request.user, version=version, **form.cleaned_data)
        messages.success(self.request, _("The role is changed."))
        return self.back(self.object.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"person": self.object.user}


class RoleEnd(views.DetailView):
    needs = Can.PEOPLE_MANAGE
    model = Membership
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        membership = self.get_object()
        attempt(request, _("The role has ended."), end_role, membership=membership)
        if membership.user == request.user:
            return redirect("home")
        return redirect("clients:person-detail", membership.user_id)
