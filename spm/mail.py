"""Mails in the reader's language: a template ``mail/<name>.txt`` whose first line is the subject."""

import logging
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from spm.models import Institution, User

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server did not take the mail; the log says why."""


def sender(institution: Institution) -> str:
    """Whom mails come from: as the institution says, or else the server."""
    return formataddr(
        (institution.mail_name, institution.mail_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    )


def make_msgid(number: str, institution: Institution) -> str:
    """The same for the same number, as that of the standard library is for no two."""
    domain = parseaddr(sender(institution))[1].partition("@")[2] or "spm.invalid"
    return f"<{number}@{domain}>"


def language_of(person: User | None, otherwise: str = "") -> str:
    """The language that the person chose last; before that, and for nobody known, ``otherwise`` or else the
    institution's first. One that is offered no more is nobody's.
    """
    institution = Institution.get()
    for language in (person.language if person else "", otherwise):
        if language in institution.languages:
            return language
    return institution.language


def send(
    name: str,
    *,
    to: str,
    language: str | None = None,
    attachment: tuple[str, bytes, str] | None = None,
    number: str = "",
    **context,
) -> None:
    """Send it now, in the language given or else that of the page. NotSent if the server does not take it.

    ``attachment`` is a file's name, content and type. Mails of the same ``number`` are the same mail: most
    servers keep only one of them, if a server was killed just as it sent it.
    """
    institution = Institution.get()
    with translation.override(language or translation.get_language()):
        called = institution.name or _("Social performance")
        text = render_to_string(f"mail/{name}.txt", {"institution": called, **context})
    subject, _newline, body = text.strip().partition("\n")
    headers = {"Message-ID": make_msgid(number, institution)} if number else {}
    message = EmailMessage(subject, body.strip() + "\n", sender(institution), [to], headers=headers)
    if attachment:
        message.attach(*attachment)
    try:
        message.send()
    except OSError as refused:  # smtplib's errors are such, too
        log.exception("A mail was not sent.")
        raise NotSent from refused
