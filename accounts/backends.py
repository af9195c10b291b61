"""Sign-in by user name or official e-mail."""

from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from records.text import clean_line


def find_user(name):
    """The person meant by a typed user name or e-mail, or ``None``; a shared address means nobody."""
    name = clean_line(name)
    if not name:
        return None
    user = User.objects.filter(username__iexact=name).order_by("pk").first()
    if user is None and "@" in name:
        found = list(User.objects.filter(email__iexact=name)[:2])
        user = found[0] if len(found) == 1 else None
    return user


class PortalBackend(BaseBackend):
    """Checks the password; answers the same, in the same time, for an unknown name and a wrong password."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or password is None:
            return None
        user = find_user(username)
        if user is None or not user.has_usable_password():
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id):
        return User.objects.filter(pk=user_id, is_active=True).first()
