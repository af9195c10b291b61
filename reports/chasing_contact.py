"""Whom a unit turns to: the same person in the letter and in the message."""

from django.conf import settings


def contact_of(actor) -> str:
    """“Nguyễn Minh Anh, Phòng Quản lý khoa học, 024 …, …@…”; the hotline for an account without a name."""
    person = actor.user
    known = (person.get_full_name(), actor.room, person.phone, person.email)
    return ", ".join(part for part in known if part) or settings.HOTLINE
