"""Every setting of the project, read from the environment. ``.env.example`` explains each."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()
env.read_env(BASE_DIR / ".env")

HTTPS = env.bool("HTTPS", default=False)
# Its error pages show code and settings: never where the product is served to others.
DEBUG = env.bool("DEBUG", default=False) and not HTTPS
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def local_secret_key() -> str:
    """A key of this machine's own, kept in ``var/``, so that a first start needs no settings."""
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        # Whole before it has its name; of several processes that start together, one gives it the name.
        with NamedTemporaryFile("w", dir=VAR_DIR) as fresh, suppress(FileExistsError):
            fresh.write(get_random_secret_key())
            fresh.flush()
            os.link(fresh.name, kept)
    return kept.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key()
if HTTPS and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters. Hint: `openssl rand -base64 48`.")

# Seals the audit trail (spm.chain); the earlier ones still check the lines of their time
AUDIT_KEY = env.str("AUDIT_KEY", default="") or SECRET_KEY
AUDIT_KEY_FALLBACKS = env.list("AUDIT_KEY_FALLBACKS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "spm",
    "clients",
    "feedback",
    "exits",
]

# What each answer says to the browser is outermost, so that it goes along with refusals of the others too.
MIDDLEWARE = [
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "spm.languages.offered_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "spm.middleware.user_at_hand",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "spm.middleware.trail_of_reading",
    "spm.middleware.keep_private",
    "spm.middleware.declared_routes_only",
    "spm.middleware.second_factor_first",
    "spm.middleware.read_only_assessor",
]

ROOT_URLCONF = "spm.urls"
WSGI_APPLICATION = "spm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "spm.nav.page_frame",
                "spm.guidance.beside",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
            ],
        },
    }
]
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'spm.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    }

elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A machine that died keeps its locks no longer than this; else the server waits two hours for it.
    keepalive = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", keepalive)
# For throw-away databases of tests alone: let PostgreSQL say "written" of what is not on the disk yet
DATABASE_MAY_FORGET = env.bool("DATABASE_MAY_FORGET", default=False)

# Jobs: the table is the truth, Celery only rings (spm.jobs)
# Seconds that a run holds its job without a sign of life; the other times follow from it (spm.jobs.times)
JOB_LEASE = env.float("JOB_LEASE", default=30.0)
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="spm")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.1}
    if CELERY_BROKER_URL.startswith("memory")
    else {"global_keyprefix": f"{CELERY_TASK_DEFAULT_QUEUE}:"}
)
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "spm.tasks.sweep_jobs", "schedule": JOB_LEASE / 3},
    "audit-verify": {"task": "spm.tasks.verify_audit", "schedule": 24 * 3600.0},
    "watch-imports": {"task": "clients.tasks.watch_imports", "schedule": 300.0},
    "escalate-complaints": {"task": "feedback.tasks.escalate_overdue", "schedule": 900.0},
    "send-reports": {"task": "exits.tasks.send_due_reports", "schedule": 900.0},
    "sweep-prepared": {"task": "spm.tasks.sweep_prepared", "schedule": 6 * 3600.0},
    "sweep-uploads": {"task": "clients.tasks.sweep_uploads", "schedule": 6 * 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
# Counts of failed sign-ins, which all web processes share: in files where they are on one machine
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CELERY_BROKER_URL,
        "KEY_PREFIX": CELERY_TASK_DEFAULT_QUEUE,
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}
# A folder whose exports come in by themselves, and how they are read; none is watched where it is empty
IMPORT_WATCH_DIR = env.str("IMPORT_WATCH_DIR", default="")
IMPORT_WATCH_PROFILE = env.str("IMPORT_WATCH_PROFILE", default="generic")
IMPORT_WATCH_DECIMAL = env.str("IMPORT_WATCH_DECIMAL", default=".")
# Work that starts when new portfolio data are in: names of registered jobs (spm.jobs.work)
AFTER_IMPORT = ["exits.rebuild_spells", "exits.analyse_exits"]
# What that work counts from the records: it keeps no import from being taken back
MADE_AFTER_IMPORT = [
    "exits.Spell",
    "exits.DecisionPoint",
    "exits.ExitCount",
    "exits.DecisionCount",
    "exits.Analysis",
]

AUTH_USER_MODEL = "spm.User"
AUTHENTICATION_BACKENDS = ["spm.accounts.OneCheck"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "spm.accounts.ClosedDoor"
ACCOUNT_FORMS = {
    "login": "spm.account_forms.SignInForm",
    "reauthenticate": "spm.account_forms.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# Wrong codes of one person, after the right password. Wrong passwords are counted by spm.accounts, so that
# whoever shares an address with a stranger, as all of a branch do, can still sign in.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key", "login": None}
# The second step of signing in: a must for the roles in spm.access.SECOND_FACTOR
REQUIRE_TOTP = env.bool("REQUIRE_TOTP", default=HTTPS)
MFA_ADAPTER = "spm.accounts.SecondFactor"
MFA_FORMS = {
    "authenticate": "spm.account_forms.CodeForm",
    "reauthenticate": "spm.account_forms.CodeAgainForm",
    "activate_totp": "spm.account_forms.FirstCodeForm",
}
# Addresses are those that an administrator invited.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Clocks of phones are a few seconds off.
MFA_TOTP_TOLERANCE = 1


def mailer(url: dict) -> dict:
    """Django's mailer of an EMAIL_URL as django-environ reads it."""
    options = {
        "host": url["EMAIL_HOST"],
        "port": url["EMAIL_PORT"],
        "username": url["EMAIL_HOST_USER"],
        "password": url["EMAIL_HOST_PASSWORD"],
        "use_tls": url.get("EMAIL_USE_TLS"),
        "use_ssl": url.get("EMAIL_USE_SSL"),
        # seconds after which a silent server counts as failing: jobs send while they hold a transaction
        "timeout": 30 if url["EMAIL_BACKEND"].endswith("smtp.EmailBackend") else None,
    }
    return {
        "BACKEND": url["EMAIL_BACKEND"],
        "OPTIONS": {name: value for name, value in options.items() if value},
    }


MAILERS = {"default": mailer(env.email("EMAIL_URL", default="consolemail://"))}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="spm@localhost")

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["spm.formats"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("UPLOAD_DIR", default=str(VAR_DIR / "uploads"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "spm.storage.StaticStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "spm.upload_limit.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_MB", default=200) * 1024 * 1024

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Failed sign-ins are counted by address: behind a proxy by that which it adds to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
