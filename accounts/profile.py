"""Changes a person makes to his own account."""

from django.db import transaction

from accounts import attempts
from records.audit import audit

OWN_FIELDS = ("full_name", "post", "phone", "email", "weekly_mail")


@transaction.atomic
def save_profile(*, user, details, now) -> None:
    """Write the particulars asked for; the trail names the changed fields with the former values."""
    asked = [name for name in OWN_FIELDS if name in details]
    before = {name: getattr(user, name) for name in asked if getattr(user, name) != details[name]}
    for name in asked:
        setattr(user, name, details[name])
    user.save(update_fields=[*asked, "search"])
    if before:
        audit(action="account.changed", actor=user, now=now, label=user.username, detail={"before": before})


@transaction.atomic
def change_password(*, user, password, now) -> None:
    """Set the password, lift a lock-out, write the trail. Every session opened with the former one ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    attempts.forget(user.username)
    audit(action="account.password_changed", actor=user, now=now, label=user.username)
