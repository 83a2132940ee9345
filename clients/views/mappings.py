"""Which columns of a file feed ours: proposed, put right, previewed, saved; and what was saved."""

import json
from functools import cached_property
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import actions
from clients.forms.mappings import SAMPLED, MappingForm
from clients.methods.mapping import fitted, found_sheets
from clients.methods.problems import Unreadable
from clients.methods.proposing import are_ambiguous, cells_of, propose
from clients.methods.sheets import Kind
from clients.models import ImportBatch, ImportProfile
from clients.queries.imports import may_see_names, reason
from clients.queries.mappings import previews, profile_for
from spm import views
from spm.access import Can
from spm.observed import saw
from spm.tables import Cell, Column, field


class ImportColumns(views.DetailView):
    """What the columns of a waiting file are; nothing is read in before somebody has said so."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_columns.html"

    def get_queryset(self):
        return super().get_queryset().filter(state=ImportBatch.State.UNMAPPED)

    def get_object(self, queryset=None):
        batch = super().get_object(queryset)
        # The rows hold names; whoever sent the file has them already.
        if batch.by_id != self.request.user.pk and not may_see_names(self.request.user):
            raise PermissionDenied
        return batch

    @cached_property
    def batch(self) -> ImportBatch:
        return self.get_object()

    @cached_property
    def sheets(self):
        return found_sheets(Path(self.batch.upload.path))

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Unreadable as flaw:
            self.put_aside(flaw)
            return redirect(self.batch)

    def put_aside(self, flaw: Unreadable) -> None:
        """The file cannot be read after all: say why, and forget it."""
        problem = flaw.problem
        facts = {name: getattr(problem, name) for name in ("sheet", "row", "column", "value")}
        messages.warning(self.request, reason({"code": problem.code, "params": problem.params, **facts}))
        actions.discard_import(batch=self.batch, by=self.request.user)

    def decide(self):
        self.batch  # noqa: B018  found, and open to this person

    def show(self):
        try:
            return self.proposal()
        except Unreadable as flaw:
            self.put_aside(flaw)
            return render(self.request, "clients/import_put_aside.html", {"batch": self.batch})

    def proposal(self):
        profile = profile_for(self.sheets)
        mapping = fitted(profile.mapping, self.sheets) if profile else propose(self.sheets)
        name = profile.name if profile else ""
        return self.answer(MappingForm(sheets=self.sheets, mapping=mapping, name=name), mapping)

    def post(self, request, *args, **kwargs):
        form = MappingForm(request.POST, sheets=self.sheets, mapping=propose(self.sheets))
        saves = "save" in request.POST
        form.fields["name"].required = saves
        if not form.is_valid() or not saves or not form.is_complete():
            mapping = form.mapping() if {"dates", "decimal"} <= form.cleaned_data.keys() else None
            return self.answer(form, mapping)
        profile = actions.save_profile(
            name=form.cleaned_data["name"], mapping=form.mapping(), by=request.user
        )
        actions.map_import(batch=self.batch, profile=profile, by=request.user)
        return redirect(self.batch)

    def answer(self, form, mapping):
        shown = previews(self.sheets, mapping) if mapping else []
        # The first rows of the file, as they are: they name people.
        saw(self.request.user, None)
        context = {
            "batch": self.batch,
            "form": form,
            "previews": shown,
            "ambiguous": bool(mapping) and mapping["dates"] in {"dmy", "mdy"} and self.is_ambiguous(mapping),
        }
        return render(self.request, self.template_name, context)

    def is_ambiguous(self, mapping) -> bool:
        """Could the days be read either way round?"""
        found = {sheet.label: sheet for sheet in self.sheets}
        cells = [
            cell
            for entry in mapping["sheets"]
            for cell in cells_of(
                found[entry["label"]], entry, found[entry["label"]].sample(SAMPLED), {Kind.DATE}
            )
        ]
        return are_ambiguous(cells)


class ProfileList(views.TableList):
    """The saved mappings, each version."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportProfile
    template_name = "clients/profile_list.html"
    table_name = gettext_lazy("Saved columns")

    def get_queryset(self):
        return super().get_queryset().select_related("by")

    def get_columns(self):
        return [
            field(
                _("Name"),
                "name",
                cell=lambda profile: Cell(
                    profile.name, url=reverse("clients:profile-file", args=[profile.pk])
                ),
            ),
            field(_("Version"), "version", "count"),
            field(_("Saved"), "created_at", "date"),
            Column(_("By"), code="by", value=lambda profile: str(profile.by or _("a command"))),
            Column(
                _("Sheets"),
                code="sheets",
                value=lambda profile: ", ".join(entry["to"] for entry in profile.mapping["sheets"]),
            ),
        ]


class ProfileFile(views.DetailView):
    """A saved mapping as a file, to keep or to look into; it says nothing of anybody."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportProfile

    def get(self, request, *args, **kwargs):
        profile = self.get_object()
        text = json.dumps(profile.mapping, ensure_ascii=False, indent=1)
        name = f"{slugify(profile.name) or 'columns'}-{profile.version}.json"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(text, content_type="application/json", headers=disposition)
