"""Who may sign in to a site that is served for a test."""

import pytest
from django.core.management import call_command

from clients.actions.people import add_user
from clients.demo import PASSWORD, PEOPLE
from tests.factories import ClientFactory
from tools.site import logins


@pytest.mark.django_db
def test_the_logins_are_those_that_the_demo_prints(capsys):
    ClientFactory()
    for username, *_rest in PEOPLE:
        add_user(username=username, password=PASSWORD, by=None)
    call_command("seed_demo", "--logins")
    expected = {username: PASSWORD for username, *_rest in PEOPLE}
    assert logins(capsys.readouterr().out) == expected
