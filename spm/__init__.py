import gc

# A start makes 150,000 things that all stay: looked through for waste seldom, it is a tenth shorter.
gc.set_threshold(50_000, 10, 10)

from spm.celery import app as celery_app  # noqa: E402  what it imports is most of a start

__all__ = ["celery_app"]
