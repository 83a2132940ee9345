from allauth.account.adapter import DefaultAccountAdapter


class ClosedDoor(DefaultAccountAdapter):
    """People do not sign themselves up: an administrator makes their account."""

    def is_open_for_signup(self, request):
        return False
