"""Settings as the environment makes them, and what hangs on them at the sign-in."""

import runpy
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from django.conf import global_settings
from django.conf import settings as in_force
from django.core.cache import caches
from django.urls import reverse

from tests.factories import UserFactory


@pytest.fixture
def under(monkeypatch):
    """The settings under these variables of the environment, all others as they are."""

    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(Path(in_force.BASE_DIR, "spm", "settings.py")))

    return read


def test_no_setting_only_says_what_django_does_anyway(under):
    # Where the environment says the opposite of the default, a setting that reads it differs.
    debugging = under(DEBUG="true")["DEBUG"]
    read = under(
        HTTPS="true",
        DEBUG="true",
        SECRET_KEY="k" * 50,
        CSRF_TRUSTED_ORIGINS="https://spm.example.org",
        LANGUAGE_CODE="es",
    )
    ours = {name: value for name, value in read.items() if name.isupper()} | {"DEBUG": debugging}
    nothing = object()
    assert [name for name, value in ours.items() if getattr(global_settings, name, nothing) == value] == []


def test_error_pages_with_code_are_never_shown_where_the_product_is_served_to_others(under):
    assert under(DEBUG="true", HTTPS="true", SECRET_KEY="k" * 50)["DEBUG"] is False


def test_processes_that_start_together_keep_one_key_for_this_machine(under, tmp_path):
    make = under()["local_secret_key"]
    names = make.__globals__
    names["VAR_DIR"] = tmp_path
    keys = []

    def while_another_process_starts():
        names["get_random_secret_key"] = lambda: "of the other"
        keys.append(make())
        return "of this one"

    names["get_random_secret_key"] = while_another_process_starts
    keys += [make(), make()]
    assert keys == ["of the other"] * 3
    (kept,) = tmp_path.iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777) == ("secret_key", 0o600)


@pytest.mark.parametrize(("value", "count"), [("true", 1), ("false", 0)])
def test_the_proxy_in_front_is_believed_only_where_there_is_one(under, value, count):
    read = under(BEHIND_PROXY=value)
    assert (read["ALLAUTH_TRUSTED_PROXY_COUNT"], "SECURE_PROXY_SSL_HEADER" in read) == (count, bool(count))


@pytest.mark.parametrize(("count", "told"), [(0, "203.0.113.9"), (1, "203.0.113.7")])
def test_failed_sign_ins_are_counted_by_the_address_that_the_proxy_saw(count, told, rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    # What stands farther left in the header, anybody may have written.
    request = rf.get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}, REMOTE_ADDR="203.0.113.9")
    assert get_adapter(request).get_client_ip(request) == told


def test_the_counts_of_failed_sign_ins_are_shared_by_all_processes(under):
    redis = under(CELERY_BROKER_URL="redis://redis:6379/0", CELERY_QUEUE="north")["CACHES"]["default"]
    assert (redis["BACKEND"], redis["LOCATION"], redis["KEY_PREFIX"]) == (
        "django.core.cache.backends.redis.RedisCache", "redis://redis:6379/0", "north",
    )  # fmt: skip
    alone = under(CELERY_BROKER_URL="memory://")["CACHES"]["default"]
    assert (alone["BACKEND"], Path(alone["LOCATION"])) == (
        "django.core.cache.backends.filebased.FileBasedCache", Path(in_force.BASE_DIR, "var", "cache"),
    )  # fmt: skip


@pytest.mark.django_db
def test_after_ten_wrong_passwords_the_right_one_waits_too_in_every_process(client, settings, tmp_path):
    shared = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    settings.CACHES = {"default": shared}
    ana = UserFactory(username="ana")
    ana.set_password("a-long-enough-one")
    ana.save()

    def sign_in(password):
        return client.post(reverse("account_login"), {"login": "ana", "password": password}).status_code

    assert [sign_in("wrong") for _try in range(10)] == [200] * 10
    # As another process would: nothing but the files is left.
    caches.close_all()
    settings.CACHES = {"default": dict(shared)}
    assert sign_in("a-long-enough-one") == 200
    assert "_auth_user_id" not in client.session
