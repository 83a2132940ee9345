"""In which words the exit interview is read out, in languages that the pages do not speak."""

from exits.models import InterviewWords


def words_in_force() -> dict[str, dict[str, str]]:
    """By language what is read out instead of the page's words, by question or ``question-answer``."""
    rows = InterviewWords.objects.order_by("at", "pk").values_list("language", "words")
    return dict(rows)


def latest_words(language: str) -> InterviewWords | None:
    return InterviewWords.objects.filter(language=language).order_by("-at", "-pk").first()
