"""Guidance beside a step: whatever is said bears a mark of what it rests on."""

import pytest
from django.test import RequestFactory
from django.urls import resolve, reverse

from spm import guidance
from spm.guidance import Advice, RestsOn


def test_a_source_is_named_for_what_rests_on_one_and_for_nothing_else():
    assert guidance.source("A. Author, 2006", "x").mark == "From: A. Author, 2006"
    assert guidance.note("x").mark == "From the practice note"
    assert guidance.computed("x").mark == "Computed here"
    assert guidance.ours("x").mark == "Our suggestion"
    for kind, named in ((RestsOn.SOURCE, ""), (RestsOn.NOTE, "A. Author, 2006")):
        with pytest.raises(ValueError, match="a source is named"):
            Advice("x", kind, named)


def test_a_page_is_told_once(monkeypatch):
    monkeypatch.setattr(guidance, "PAGES", {})
    guidance.tell({"home": [guidance.ours("x")]})
    assert {"home": (guidance.ours("x"),)} == guidance.PAGES
    with pytest.raises(ValueError, match="home has its guidance already"):
        guidance.tell({"home": [guidance.ours("y")]})


def test_templates_know_the_guidance_of_their_page_alone(monkeypatch):
    monkeypatch.setattr(guidance, "PAGES", {"home": (guidance.ours("x"),)})
    request = RequestFactory().get("/")
    assert guidance.beside(request) == {"guidance": ()}
    for name, told in (("home", (guidance.ours("x"),)), ("job-list", ())):
        request.resolver_match = resolve(reverse(name))
        assert guidance.beside(request) == {"guidance": told}
