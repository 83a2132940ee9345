"""What holds for the whole institution, and its days off: for administrators at the head office."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.actions import institution as actions
from clients.forms.institution import HolidayForm, InstitutionForm, LogoForm
from spm import mail, views
from spm.access import Can
from spm.editing import Edited
from spm.models import Holiday, Institution, Logo
from spm.models.versioned import Stale
from spm.tables import Cell, Column


class InstitutionChange(Edited, views.DetailView):
    needs = Can.INSTITUTION_MANAGE
    model = Institution
    edit_verbs = ("institution.changed", "institution.described")
    template_name = "clients/institution_form.html"

    def get_queryset(self):
        return Institution.objects.all()

    def get_object(self, queryset=None):
        return Institution.get()

    def form(self, data=None):
        # A form writes on its row as it checks it; ``self.object`` stays as it is stored.
        return InstitutionForm(data, instance=Institution.get())

    def save(self, form, version):
        actions.change_institution(by=self.request.user, version=version, **form.values())
        messages.success(self.request, _("The settings are saved."))
        return redirect("clients:institution-change")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "has_mail_server": "smtp" in settings.MAILERS["default"]["BACKEND"],
            "server_address": settings.DEFAULT_FROM_EMAIL,
            "holidays": Holiday.objects.visible_to(self.request.user).count(),
        }


class InstitutionLogo(Edited, views.DetailView):
    """The picture beside the institution's name: another one, or none."""

    needs = Can.INSTITUTION_MANAGE
    model = Logo
    edit_verbs = ("logo.set", "logo.removed")
    template_name = "clients/logo_form.html"

    def get_object(self, queryset=None):
        return Logo.get()

    def form(self, data=None):
        return LogoForm(data, None if data is None else self.request.FILES, logo=self.object)

    def save(self, form, version):
        changes = form.changes()
        if changes is None:
            if version != self.object.version:
                raise Stale
            return redirect("clients:institution-change")
        actions.set_logo(by=self.request.user, version=version, **changes)
        done = _("The logo is saved.") if changes["picture"] else _("The logo is taken away.")
        messages.success(self.request, done)
        return redirect("clients:institution-change")

    def conflict_page(self, form):
        """The picture as it is now: no browser sends a file twice, so who wants theirs chooses it anew."""
        self.object = self.latest()
        form = self.form()
        edit = {"version": self.object.version, "seen": "{}"}
        context = self.get_context_data(form=form, edit=edit, overtaken=True, their_edit=self.last_edit())
        return render(self.request, self.template_name, context, status=409)


class InstitutionMail(views.View):
    """Sends a mail to who asks, to see whether mails arrive."""

    needs = Can.INSTITUTION_MANAGE
    http_method_names = ["post"]

    def post(self, request):
        to = request.user.email
        if not to:
            messages.warning(request, _("Your account has no e-mail address to send a mail to."))
            return redirect("clients:institution-change")
        try:
            mail.send("trial", to=to)
        except mail.NotSent:
            messages.error(request, _("The mail server did not take the mail. Its log says why."))
        else:
            messages.success(request, _("A mail is on its way to %(to)s.") % {"to": to})
        return redirect("clients:institution-change")


class HolidayList(views.TableList):
    needs = Can.INSTITUTION_MANAGE
    model = Holiday
    template_name = "clients/holiday_list.html"
    table_name = gettext_lazy("Public holidays")

    def get_columns(self):
        return [
            Column(
                gettext_lazy("Name"),
                value=lambda holiday: holiday.name,
                cell=lambda holiday: Cell(
                    holiday.name, url=reverse("clients:holiday-change", args=[holiday.pk])
                ),
                order="name",
            ),
            Column(gettext_lazy("Day"), "date", value=lambda holiday: holiday.day, order="day"),
            Column(
                gettext_lazy("Each year"),
                value=lambda holiday: _("yes") if holiday.every_year else _("no"),
                order="every_year",
            ),
        ]


class HolidayAdd(views.FormView):
    needs = Can.INSTITUTION_MANAGE
    form_class = HolidayForm
    template_name = "clients/holiday_form.html"

    def form_valid(self, form):
        actions.add_holiday(by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The holiday is added."))
        return redirect("clients:holiday-list")


class HolidayChange(Edited, views.DetailView):
    needs = Can.INSTITUTION_MANAGE
    model = Holiday
    edit_verbs = ("holiday.added", "holiday.changed")
    context_object_name = "holiday"
    template_name = "clients/holiday_form.html"

    def form(self, data=None):
        return HolidayForm(data, instance=self.get_object())

    def save(self, form, version):
        actions.change_holiday(
            holiday=self.object, by=self.request.user, version=version, **form.cleaned_data
        )
        messages.success(self.request, _("The holiday is changed."))
        return redirect("clients:holiday-list")


class HolidayRemove(views.DetailView):
    needs = Can.INSTITUTION_MANAGE
    model = Holiday
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        actions.remove_holiday(holiday=self.get_object(), by=request.user)
        messages.success(request, _("The holiday is removed."))
        return redirect("clients:holiday-list")
