"""The admin's pages as a browser posts them, and who is signed in there."""

from django.test import Client

from accounts.roles import Role
from tests.factories import make_specialist


def inline(prefix, *rows, initial=0):
    """Management form and rows of an inline as the page posts them."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def signed_in(role=Role.DEPT_SPECIALIST, **kwargs):
    """A client of its own for a new person of the Sở, who stands in ``client.user``."""
    client = Client()
    client.user = make_specialist(role, **kwargs)
    client.force_login(client.user)
    return client
