"""Edit forms that overwrite nothing unseen: the base of every form over a saved record.

A form carries the version of the record that its editor saw, and what it said then. Who comes second sees
both texts, chooses field by field, and sends that over the newer version, which may be overtaken again.
"""

import json

from django.core.exceptions import ValidationError
from django.shortcuts import render

from spm import conflicts
from spm.models import AuditEvent
from spm.models.versioned import Stale


class Edited:
    """Put it before the screen's base. The screen's ``form(data=None)`` is over ``self.object``, a Versioned
    row; its ``save(form, version)`` hands the version to the action, which takes it, and answers with a
    redirect. Its template includes ``spm/edit_version.html`` inside the form.
    """

    # Verbs by which the audit trail knows that the record was changed.
    edit_verbs: tuple[str, ...] = ()

    def show(self):
        return self.form_page(self.form())

    def post(self, request, *args, **kwargs):
        self.object = self.get_object()
        version = request.POST.get("version", "")
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            return render(request, "spm/edit_unversioned.html", status=400)
        if conflicts.unanswered(request.POST):
            return self.conflict_page(self.form(request.POST))
        form = self.form(conflicts.answered(request.POST))
        if form.is_valid():
            try:
                return self.save(form, int(version))
            except Stale:
                return self.conflict_page(form)
            except ValidationError as refused:
                form.add_error(None, ValidationError(refused.messages))
        return self.form_page(form)

    def form_page(self, form):
        return self.render_to_response(self.get_context_data(form=form, edit=self.edit_of(form)))

    def edit_of(self, form) -> dict:
        """The version that the form was made from, and what it said then; of a form sent, as it came back."""
        if form.is_bound:
            sent = self.request.POST
            return {"version": sent["version"], "seen": json.dumps(conflicts.seen_in(sent))}
        return {"version": self.object.version, "seen": json.dumps(conflicts.untouched(form))}

    def conflict_page(self, form):
        """Both texts side by side. What is shown as theirs goes back with the answer, beside its version."""
        self.object = self.latest()
        now = self.form()
        found = conflicts.differences(form, now, self.request.POST)
        return render(
            self.request,
            "spm/edit_conflict.html",
            {
                "asked": [difference for difference in found if difference.asked],
                "taken": [difference for difference in found if not difference.asked],
                "unanswered": conflicts.unanswered(self.request.POST),
                "sent": conflicts.merged(form, now, found),
                "edit": {"version": self.object.version, "seen": json.dumps(conflicts.untouched(now))},
                "their_edit": self.last_edit(),
                "record": self.record_words(),
                "address": self.address(),
            },
            status=409,
        )

    def latest(self):
        """The record as it is now."""
        return self.get_object()

    def address(self) -> str:
        """Where the form over ``self.object`` is."""
        return self.request.get_full_path()

    def last_edit(self) -> AuditEvent | None:
        """The line of the latest change: who edits a record may know who else did."""
        lines = AuditEvent.objects.filter(verb__in=self.edit_verbs, target=AuditEvent.label(self.object))
        return lines.select_related("by").first()

    def record_words(self) -> str:
        """What is edited, for the title of the page of differences."""
        return str(self.object)
