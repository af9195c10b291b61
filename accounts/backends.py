"""Sign-in by user name or official e-mail."""

from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from records.text import clean_line


class PortalBackend(BaseBackend):
    """Checks the password; answers the same, in the same time, for an unknown name and a wrong password."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or password is None:
            return None
        name = clean_line(username)
        user = User.objects.filter(username__iexact=name).first() or self._by_email(name)
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id):
        return User.objects.filter(pk=user_id, is_active=True).first()

    @staticmethod
    def _by_email(name):
        found = list(User.objects.filter(email__iexact=name)[:2]) if "@" in name else []
        return found[0] if len(found) == 1 else None
