"""What people who left say about it: the field form (``spm.field``)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from exits import actions
from exits.forms import WITHOUT_CONSENT, InterviewForm
from exits.queries.interviews import OwnOfficer, ToAsk, about_interview, to_ask
from spm import views
from spm.access import Can
from spm.field import FieldForm


class InterviewAdd(FieldForm, views.FormView):
    needs = Can.EXITS_INTERVIEW
    form_class = InterviewForm
    template_name = "exits/interview_add.html"
    title = _("Why did the client leave?")

    @cached_property
    def asked(self) -> ToAsk | None:
        """Whom the address asks for."""
        number = self.request.GET.get("client", "")
        if not number:
            return None
        try:
            asked = to_ask(self.request.user, number)
        except OwnOfficer:
            raise PermissionDenied from None
        if asked is None:
            raise Http404
        return asked

    def decide(self):
        self.asked  # noqa: B018  in reach; what is said of them can wait

    def about(self):
        return self.asked and about_interview(self.asked, self.request.user)

    def kept(self, body):
        agrees = body.get("consent") == ["yes"]
        return body if agrees else {name: body[name] for name in body.keys() & WITHOUT_CONSENT}

    def record(self, form, sent):
        said = dict(form.cleaned_data)
        asked = said.pop("client")
        whom = {"client": asked.client, "start": asked.start}
        of_sample = {"round": asked.round, "sampled": asked.sampled}
        actions.record_interview(**whom, **of_sample, **said, at=sent.at, uuid=sent.uuid, by=sent.by)

    def office_path(self, form):
        return form.cleaned_data["client"].client.office.path

    def done_url(self):
        return reverse("home")
