"""Field forms: pages that also work on a phone without a connection, and are received once in effect.

The phone makes the key (a UUID) of what it sends and sends it until it is answered. The same again is
answered as it was the first time, letter by letter; something else under the same key is kept for a person
to look at. What the phone itself does is in ``static/js/field``; how to add a form, in ``docs/recipes.md``.
"""

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from spm.models import AuditEvent, Submission, SubmissionConflict, User
from spm.work import About

# What goes along with a form and is not part of it.
BESIDE = frozenset({"csrfmiddlewaretoken", "uuid", "device_at"})
# A phone's clock is believed so far back, and so little ahead.
BACK, AHEAD = dt.timedelta(days=60), dt.timedelta(minutes=5)
# On a page that names nobody, so that a phone may keep it.
BLANK = "X-Field-Blank"


@dataclass(frozen=True)
class Sent:
    """A form as it came: under which key, from whom, what it says, and when by the phone's clock."""

    uuid: uuid.UUID
    form: str
    by: User
    body: dict[str, list[str]]
    received_at: dt.datetime
    device_at: dt.datetime | None

    @classmethod
    def of(cls, request, kept) -> "Sent":
        """``kept`` says what of it may be kept. ValidationError where there is no key."""
        body = kept({name: texts for name, texts in request.POST.lists() if name not in BESIDE})
        try:
            key = uuid.UUID(request.POST.get("uuid", ""))
        except ValueError:
            raise ValidationError(_("This form came without its number. Open the page anew.")) from None
        form = request.resolver_match.view_name
        said = clock(request.POST.get("device_at", ""))
        return cls(key, form, request.user, body, timezone.now(), said)

    @property
    def digest(self) -> str:
        said = json.dumps(sorted(self.body.items()), ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def at(self) -> dt.datetime:
        """When it was filled in: by the phone's clock where that can be, else when it was received."""
        earliest, latest = self.received_at - BACK, self.received_at + AHEAD
        is_likely = self.device_at is not None and earliest <= self.device_at <= latest
        return self.device_at if is_likely else self.received_at

    def answer(self, said: str, **more) -> str:
        """What the phone is told: it believes nothing that does not name the form and its sender."""
        return json.dumps({"spm": said, "uuid": str(self.uuid), "user": self.by.pk, **more})


def clock(said: str) -> dt.datetime | None:
    try:
        at = parse_datetime(said)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


class Differs(Exception):
    """Something else was received under this key before: ``first``."""

    def __init__(self, first: Submission):
        super().__init__()
        self.first = first


@transaction.atomic
def receive(sent: Sent, write) -> str:
    """The answer to the form; the first one where it was received before. Differs where that said something
    else; or whatever ``write`` raises, which records the form within this transaction and says the path of
    the office that it is about.
    """
    row = Submission(
        pk=sent.uuid,
        form=sent.form,
        user=sent.by,
        body=sent.body,
        digest=sent.digest,
        answer=sent.answer("stored", received_at=sent.received_at.isoformat()),
        received_at=sent.received_at,
        device_at=sent.device_at,
    )
    first = _claim(row)
    if first is None:
        row.office_path = write()
        row.save(update_fields=["office_path"])
        return row.answer
    if not first.is_same_as(row):
        raise Differs(first)
    return first.answer


def _claim(row: Submission) -> Submission | None:
    """Take the key; the row that has it, once its transaction is over, if another was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        first = Submission.objects.filter(pk=row.pk).first()
        if first is None:
            raise  # nobody has the key: it is some other fault, and must not pass for a repetition
        return first
    return None


@transaction.atomic
def keep_for_review(sent: Sent, first: Submission, office_path: str) -> None:
    """Keep what differs from what was received first; the same again is kept once."""
    kept, is_new = SubmissionConflict.objects.get_or_create(
        submission=first,
        user=sent.by,
        digest=sent.digest,
        defaults={"body": sent.body, "office_path": office_path, "received_at": sent.received_at},
    )
    if is_new:
        AuditEvent.record("form.kept_for_review", kept, by=sent.by, form=sent.form)


class FieldForm:
    """Put it before ``views.FormView``. The screen says ``form_class``, whose forms take ``user=``, a
    ``template_name`` that extends ``field/form.html``, ``title`` and ``done_url``; and writes

    - ``about(self) -> About | None``: whom the address asks for; 404 out of reach, None where for nobody
    - ``record(self, form, sent)``: its app's action, given ``sent.uuid``, ``sent.at`` and ``by=sent.by``
    - ``office_path(self, form) -> str``: of the office that a valid form is about.
    """

    title: str

    def about(self) -> About | None:
        raise NotImplementedError

    def record(self, form, sent: Sent) -> None:
        raise NotImplementedError

    def office_path(self, form) -> str:
        raise NotImplementedError

    def done_url(self) -> str:
        """Where a form leads to that was sent without scripts."""
        raise NotImplementedError

    def kept(self, body: dict[str, list[str]]) -> dict[str, list[str]]:
        """What of a form may be kept as it came; the rest is as if it had not been sent."""
        return body

    @classmethod
    def form_for(cls, user, data: QueryDict | None = None, **given):
        return cls.form_class(data, user=user, **given)

    @cached_property
    def asked_for(self) -> About | None:
        return self.about()

    @property
    def is_sent(self) -> bool:
        return self.request.method not in {"GET", "HEAD"}

    def get_form(self, form_class=None):
        data = self.request.POST if self.is_sent else None
        return self.form_for(self.request.user, data, initial=self.get_initial())

    def get_initial(self):
        """What the address says of the form's fields."""
        return super().get_initial() | self.request.GET.dict()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "title": self.title,
            "about": None if self.is_sent else self.asked_for,
            "uuid": self.request.POST.get("uuid") if self.is_sent else uuid.uuid4(),
            "form_name": self.request.resolver_match.view_name,
        }

    def decide(self):
        """Whoever asks for somebody out of reach is refused before the page begins."""
        self.asked_for  # noqa: B018 that it can be had is enough

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "GET" and not request.GET:
            response.headers[BLANK] = "yes"
        return response

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        try:
            sent = Sent.of(request, self.kept)
        except ValidationError as wrong:
            form.full_clean()
            form.add_error(None, wrong)
            return self.refuse(form, None)
        try:
            answer = receive(sent, lambda: self.write(form, sent))
        except Differs as other:
            return self.keep(form, sent, other.first)
        except Refused:
            return self.refuse(form, sent)
        if wants_json(request):
            return as_json(answer, HTTPStatus.CREATED)
        messages.success(request, _("The form is stored."))
        return redirect(self.done_url())

    def write(self, form, sent: Sent) -> str:
        """Judged only now, as what was received before is answered as it was then, whatever has changed."""
        if not form.is_valid():
            raise Refused
        try:
            self.record(form, sent)
        except ValidationError as wrong:
            form.add_error(None, ValidationError(wrong.messages))
            raise Refused from None
        return self.office_path(form)

    def refuse(self, form, sent: Sent | None):
        if not wants_json(self.request):
            return self.form_invalid(form)
        if sent is None:
            return as_json(json.dumps({"spm": "unreadable"}), HTTPStatus.BAD_REQUEST)
        errors = [
            {
                "field": name,
                "label": str(form.fields[name].label) if name in form.fields else "",
                "text": text,
            }
            for name, texts in form.errors.items()
            for text in texts
        ]
        return as_json(sent.answer("refused", errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY)

    def keep(self, form, sent: Sent, first: Submission):
        keep_for_review(sent, first, self.office_path(form) if form.is_valid() else first.office_path)
        if wants_json(self.request):
            return as_json(sent.answer("kept"), HTTPStatus.CONFLICT)
        form.full_clean()
        form.add_error(None, _("This form was sent before with other answers. Both are kept for review."))
        response = self.form_invalid(form)
        response.status_code = HTTPStatus.CONFLICT
        return response


class Refused(Exception):
    """The form says why."""


def wants_json(request) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def as_json(text: str, status: int = HTTPStatus.OK) -> HttpResponse:
    """For scripts alone: whoever opens it as a page is given a file."""
    headers = {"Content-Disposition": 'attachment; filename="answer.json"'}
    return HttpResponse(text, status=status, content_type="application/json", headers=headers)
