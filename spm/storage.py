from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files once ``collectstatic`` has run; plain names before that (tests, DEBUG)."""

    manifest_strict = False
    # Scripts import each other: by their hashed names too.
    support_js_module_import_aggregation = True

    def url(self, name, force=False):
        if not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        return super().url(name, force)
