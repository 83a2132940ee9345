"""The language of a page: one that the institution offers."""

from contextlib import suppress

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from spm.models import Institution


def offered_language(get_response):
    """Speak what the person chose, or what the browser asks for, or else the institution's first language."""

    def middleware(request):
        # Whether the server answers is asked each few seconds, and of the server alone.
        if request.path != reverse("healthz"):
            request.institution = Institution.get()
            request.LANGUAGE_CODE = language_for(request, request.institution)
            translation.activate(request.LANGUAGE_CODE)
        return get_response(request)

    return middleware


def language_for(request, institution: Institution) -> str:
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    for code in (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *(code for code, _weight in asked)):
        with suppress(LookupError):
            if (known := get_supported_language_variant(code)) in institution.languages:
                return known
    return institution.language
