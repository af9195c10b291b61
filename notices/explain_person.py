"""What a duty is to one person, and which rungs come to that person: asked of the planner's own functions."""

from typing import NamedTuple

from accounts.people import people_by_unit
from accounts.roles import Role
from notices.concerned import COPIED, owing, people_of_duties
from notices.escalation import TOLD, marked_rungs, told_by
from notices.ladder import rung_words, steps_left
from notices.planner import ladders_of, reached_by
from notices.reasons import INFO, NO, YES, Reason
from records.dates import format_date

LONG_AGO = -(10**6)  # days left of a duty whose every rung has been reached


class Rungs(NamedTuple):
    """Offsets that come to one person: ``reached`` by now, most advanced first, and ``every`` one there will be."""

    reached: list
    every: list
    any_ladder: bool  # the kind of duty has rungs
    department: bool  # some of them are told to the Sở


class Part(NamedTuple):
    """``who``: what the duty is to the person; ``rungs``: those the planner has for them."""

    who: Reason
    rungs: Rungs


def part_of(duty, person, *, today, calendar) -> Part:
    """Ask the planner for this one person; a handful of queries."""
    ladders = ladders_of({duty.kind})
    people = people_of_duties([duty], today=today)
    marked = marked_rungs(ladders)
    told = people_by_unit([None], roles=TOLD, today=today).get(None, [])

    def mine(left):
        rows = told_by([duty], marked, told, {duty.unit_id: ""}, lambda duty: left)
        rows = {**rows, **reached_by([duty], ladders, people, lambda duty: left)}
        return sorted(offset for _, _, offset, person_id in rows if person_id == person.pk)

    rungs = Rungs(
        mine(steps_left(duty, today, calendar)), mine(LONG_AGO), bool(ladders[duty.kind]), duty.kind in marked
    )
    return Part(_who(duty, person, people, told, rungs, today), rungs)


def rung_reasons(rungs) -> list:
    """The ladder as it is for this person; empty where nothing comes to them anyway."""
    if not rungs.any_ladder:
        return [Reason("no-ladder", NO, "Loại việc này không có mốc nhắc nào được áp dụng.")]
    if not rungs.every:
        return []
    words = ", ".join(rung_words(offset) for offset in reversed(rungs.every))
    if not rungs.reached:
        return [Reason("no-rung", NO, f"Chưa tới mốc nào gửi cho người này. Các mốc của người này: {words}.")]
    text = f"Mốc mới nhất đã tới: {rung_words(rungs.reached[0])}. Các mốc của người này: {words}."
    return [Reason("rung", YES, text)]


def _who(duty, person, people, told, rungs, today):
    if not person.is_active:
        return Reason("inactive", NO, "Tài khoản đã khóa: không gửi thư cho người này.")
    held = person.memberships.valid_on(today).filter(unit_id=duty.unit_id).values_list("role", flat=True)
    mine, needed = {Role(role) for role in held}, _names(duty.roles)
    if mine & duty.roles:
        return Reason("owes", YES, f"Người này giữ vai trò phải làm việc đó: {_names(mine & duty.roles)}.")
    if person in owing(duty, people):
        text = f"Đơn vị không có người giữ vai trò {needed.lower()}: {_names(mine & duty.stand_ins).lower()} được nhắc thay."
        return Reason("stands-in", YES, text)
    if person in people[COPIED].get(duty.unit_id, ()):
        return _copied(rungs)
    if person in told and duty.unit_id is not None:
        return _told(duty, rungs)
    place = "Sở" if duty.unit_id is None else "đơn vị phải làm việc này"
    if mine:
        return Reason("other-role", NO, f"Vai trò của người này tại {place} là {_names(mine)}; việc thuộc: {needed}.")
    ended = person.memberships.filter(unit_id=duty.unit_id).order_by("-valid_to").first()
    when = f" (vai trò {ended.get_role_display()} có thời hạn {_term(ended)})" if ended else ""
    text = f"Ngày {format_date(today)} người này không có vai trò nào tại {place}{when}. Việc thuộc: {needed}."
    return Reason("no-role", NO, text)


def _copied(rungs):
    text = "Người này là lãnh đạo nơi phải làm: chỉ được nhắc ở mốc đánh dấu “Gửi cả lãnh đạo đơn vị”"
    if rungs.every:
        return Reason("copied", INFO, f"{text}.")
    return Reason("not-copied", NO, f"{text}; loại việc này không có mốc nào như vậy.")


def _told(duty, rungs):
    """For the Sở's own people, who owe nothing here."""
    if rungs.every:
        text = f"Việc của đơn vị: người này ở Sở được báo từ mốc {rung_words(max(rungs.every))}."
        return Reason("told", INFO, text)
    if not rungs.department:
        return Reason("not-told", NO, "Việc của đơn vị; không có mốc nào đánh dấu “Báo chuyên viên Sở”.")
    return Reason("told-another", NO, "Việc của đơn vị; khi quá hạn, chỉ người phụ trách hồ sơ được báo.")


def _names(roles):
    return ", ".join(role.label for role in Role if role in roles)


def _term(membership):
    until = format_date(membership.valid_to) if membership.valid_to else "nay"
    return f"từ {format_date(membership.valid_from)} đến {until}"
