"""The words of lists and of the interview, as a manager sends them."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exits.models import LeaverType, Reason


def word_interview(scene):
    scene.post("exits:wording-add", language="qu", change="x")


def brought_back(route: str, words: bytes, kind=None):
    """What sends a file of these words, and confirms what would change."""

    def send(scene):
        if kind:
            day = timezone.localdate()
            kind.objects.create(code="one", words={"en": "One"}, starts_on=day, position=1)
        file, day = SimpleUploadedFile("words.csv", words), timezone.localdate()
        shown = scene.post(route, file=file, starts_on=day.isoformat()).text
        scene.post(route, plan=re.search(r'name="plan" value="([^"]+)"', shown).group(1))

    return send


OF_ENTRIES = b"code,words_qu\none,Huk\n"
# Each route, and the verb of the line that it leaves.
WORDS = {
    "exits:wording-add": (word_interview, "interview.worded"),
    "exits:wording-take": (
        brought_back("exits:wording-take", b"code,consent\nqu,x\n"),
        "interview.words_taken",
    ),
    "exits:type-entry-take": (
        brought_back("exits:type-entry-take", OF_ENTRIES, LeaverType),
        "list.words_taken",
    ),
    "exits:reason-entry-take": (
        brought_back("exits:reason-entry-take", OF_ENTRIES, Reason),
        "list.words_taken",
    ),
}
