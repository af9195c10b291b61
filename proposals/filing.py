"""Writing a proposal: start a draft, save a section. Content only; the status moves through dossiers.door."""

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Signer, User
from districts.workdays import load_calendar
from dossiers.content import stale, touch
from dossiers.models import Dossier
from dossiers.refusals import ContentRefused
from proposals import sections, timing
from proposals.models import Product, Proposal
from proposals.process import DRAFT, KIND, PROCESS


class StaleSection(ContentRefused):
    """Somebody saved the section after it was read; ``by`` and ``at`` say who and when."""

    def __init__(self, message, *, by, at):
        super().__init__(message)
        self.by, self.at = by, at


def start_proposal(*, call, actor, now) -> Proposal:
    """A new draft of the actor's unit with the contact lines of item 15 filled in from the unit.

    Raises ``ContentRefused`` when the call is not open or the person may not write for the unit.
    """
    if actor.unit is None or not actor.can_write_for(actor.unit.pk):
        raise ContentRefused("Người soạn thảo, văn thư hoặc lãnh đạo của đơn vị tạo được đề xuất; vai trò này chỉ xem.")
    today = timezone.localdate(now)
    reason = timing.closed(call.round, today=today, calendar=load_calendar())
    if reason:
        raise ContentRefused(reason)
    with transaction.atomic():
        dossier = Dossier.objects.create(
            kind=KIND,
            round=call.round,
            unit=actor.unit,
            holder=actor.unit,
            status=DRAFT,
            turn=PROCESS.status(DRAFT).turn,
            turn_since=now,
            created_by=actor.user,
            created_at=now,
            saved_by=actor.user,
            saved_at=now,
        )
        return Proposal.objects.create(dossier=dossier, call=call, **_contacts_of(actor.unit, today))


def draft_for(*, call, actor, now) -> Proposal:
    """``start_proposal``, or the person's draft of this call that nobody has written in yet: a second click of
    the button makes no second draft, not even at the same moment: the person's row is locked meanwhile (on
    SQLite writers wait for one another anyway)."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=connection.features.has_select_for_no_key_update).get(pk=actor.user.pk)
        untouched = Proposal.objects.filter(
            call=call,
            dossier__created_by=actor.user,
            dossier__holder=actor.unit,
            dossier__status=DRAFT,
            dossier__content_seq=0,
            dossier__version=0,
        )
        return untouched.order_by("pk").first() or start_proposal(call=call, actor=actor, now=now)


def save_section(*, proposal, key, data, seen_version, actor, now) -> int:
    """Save the given values of one section; returns the section's new version.

    ``data`` may hold some of the section's names only (the others stay): columns of ``Proposal``, ``title``,
    ``theme`` (a Theme or its pk), ``products`` (a list of dicts that replaces the rows). Raises ``StaleSection``
    when somebody saved the section after ``seen_version``, ``ContentRefused`` when the dossier cannot be edited;
    then nothing is written. A repeated save of the same content is taken as done.
    """
    section = sections.get(key)
    values = {name: data[name] for name in section.names if name in data}
    if "theme" in values:
        values["theme"] = getattr(values["theme"], "pk", values["theme"])
    dossier = proposal.dossier
    try:
        with transaction.atomic():
            touch(dossier=dossier, actor=actor, now=now, **_of_dossier(values))
            return _write(proposal, section, values, seen_version, actor, now)
    except StaleSection:
        fresh = _fresh(proposal)
        now_stored = sections.stored(fresh, section)
        if all(_same(now_stored[name], value) for name, value in values.items()):
            return getattr(fresh.proposal, section.version)
        raise


def _of_dossier(values):
    columns = {}
    if "title" in values:
        columns["title"] = values["title"]
    if "theme" in values:
        columns["theme_id"] = values["theme"]
    return columns


def _write(proposal, section, values, seen_version, actor, now):
    rows = Proposal.objects.filter(pk=proposal.pk)
    saves = rows.values_list("section_saves", flat=True).get()
    before = saves.get(section.key)
    saves[section.key] = {"by": actor.user.get_full_name(), "user": actor.user.pk, "at": now.isoformat()}
    changes = {name: value for name, value in values.items() if name in section.columns}
    changed = rows.filter(**{section.version: seen_version}).update(
        **changes, section_saves=saves, **{section.version: F(section.version) + 1}
    )
    if changed != 1:
        raise _stale(before, actor, now)
    if "products" in values:
        _replace_products(proposal, values["products"])
    return seen_version + 1


def _stale(before, actor, now):
    by, at = "", now
    if before:
        at = parse_datetime(before["at"])
        by = "Ông/bà (ở một cửa sổ khác)" if before["user"] == actor.user.pk else before["by"]
    return StaleSection(stale(by, at).message, by=by, at=at)


def _replace_products(proposal, rows):
    proposal.products.all().delete()
    Product.objects.bulk_create(
        Product(proposal_id=proposal.pk, position=position, **row) for position, row in enumerate(rows)
    )


def _fresh(proposal):
    return Dossier.objects.select_related("proposal__call").get(pk=proposal.pk)


def _same(stored, given):
    if isinstance(given, list) and given and isinstance(given[0], dict):
        return len(stored) == len(given) and all(
            all(old[name] == new.get(name, old[name]) for name in old) for old, new in zip(stored, given, strict=True)
        )
    return stored == given


def _contacts_of(unit, today):
    signers = Signer.objects.valid_on(today).filter(unit=unit)
    signer = signers.filter(authority=Signer.Authority.TM).order_by("pk").first() or signers.order_by("pk").first()
    return {
        "contact_organisation": unit.body_name,
        "contact_representative": f"{signer.full_name}, {signer.post}" if signer else "",
        "contact_identifier": unit.identifier,
        "contact_phone": unit.phone,
        "contact_email": unit.email,
        "contact_address": unit.address,
    }
