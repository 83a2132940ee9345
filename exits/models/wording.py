from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from spm.access import Can, can


class InterviewWordsQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.EXITS_VIEW) or can(user, Can.EXITS_INTERVIEW) else self.none()


class InterviewWords(models.Model):
    """The exit interview in a language that the pages do not speak, as it is read out from a moment on.

    The latest row of a language counts; earlier ones stay, as somebody was asked by them.
    """

    class Privacy:
        personal = frozenset({"by"})
        plain = frozenset({"id", "language", "words", "at"})

    language = models.CharField(_("language"), max_length=20)
    # {question, or question-answer: text}; a question that is missing is read out as the page has it.
    words = models.JSONField(_("words"), default=dict)
    at = models.DateTimeField(_("in force from"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = InterviewWordsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("words of the interview")
        ordering = ["language", "-at", "-pk"]

    def __str__(self):
        return self.language
