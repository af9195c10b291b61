"""Sample call and proposals, each taken through the process to another place."""

import datetime as dt
from decimal import Decimal

from accounts.roles import actor_for
from districts.models import Theme
from districts.workdays import add_working_days, load_calendar
from dossiers.door import take_step
from dossiers.models import Dossier, Round
from kltn_portal.sample import texts
from kltn_portal.sample.papers import add_sample_letter
from proposals.filing import save_section, start_proposal
from proposals.models import Call

WAY = ("submit_for_signature", "approve_and_send", "receive", "mark_valid", "start_review", "record_council")
LATER = ("submit_to_city", "record_approval")


def make_call(*, now) -> Call:
    """An open call for next year's plan: opened three weeks ago, closing in three."""
    today = now.date()
    calendar = load_calendar()
    year = today.year + 1
    due = add_working_days(today, 15, calendar)
    round = Round.objects.create(
        kind=Round.Kind.PROPOSAL,
        title=f"Đợt đề xuất nhiệm vụ KH&CN năm {year} (mẫu)",
        opens_on=today - dt.timedelta(days=21),
        due_on=due,
        locks_on=due,
    )
    call = Call.objects.create(
        round=round,
        plan_year=year,
        guidance=f"Dữ liệu mẫu. Sở đề nghị các đơn vị đề xuất đặt hàng nhiệm vụ KH&CN năm {year}, "
        "ưu tiên vấn đề thực tế của địa phương, có địa chỉ ứng dụng và phương án tiếp nhận kết quả.",
    )
    call.themes.set(Theme.objects.filter(active=True)[:4])
    return call


def make_proposals(call, people, *, now):
    """Every sample proposal, from its unit's draft as far as its story says."""
    for number, row in enumerate(texts.PROPOSALS):
        start = (now - dt.timedelta(days=18 - 2 * number)).replace(hour=8, minute=20)
        drafter, leader = _unit_people(people, row["unit"])
        dossier = _draft(call, drafter, row, start)
        _go(dossier, row["until"], people, drafter, leader, start)
        if row["until"] not in ("draft", "approve_and_send"):  # that one leaves the clerk a duty to look at
            add_sample_letter(dossier, drafter, f"{12 + number}/UBND-VHXH (mẫu)", start + dt.timedelta(hours=9))


def _unit_people(people, unit):
    if unit == "Xã Ứng Hòa":
        return people["soanthao.unghoa"], people["lanhdao.unghoa"]
    one = people[{"Xã Phú Xuyên": "phuxuyen", "Xã Thanh Oai": "thanhoai", "Xã Mỹ Đức": "myduc"}[unit]]
    return one, one


def _draft(call, drafter, row, now):
    actor = actor_for(drafter, today=now.date())
    proposal = start_proposal(call=call, actor=actor, now=now)
    sections = texts.sections(row["title"])
    sections["basics"]["theme"] = Theme.objects.filter(name=row["theme"]).first()
    sections["results"]["products"] = [
        dict(product, quantity=Decimal(product["quantity"])) for product in texts.PRODUCTS
    ]
    sections["money"] |= {"state_budget": Decimal(850), "other_budget": Decimal(150)}
    sections["contacts"] |= {
        "contact_phone": "024 0000 0000",
        "contact_email": f"{drafter.username}@mau.hanoi.example",
        "contact_address": f"{row['unit']}, Thành phố Hà Nội",
    }
    if row["until"] == "draft":
        for key in ("results", "bodies"):
            del sections[key]
    for key, data in sections.items():
        save_section(proposal=proposal, key=key, data=data, seen_version=0, actor=actor, now=now)
    return Dossier.objects.get(pk=proposal.pk)


def _go(dossier, until, people, drafter, leader, now):
    if until == "draft":
        return
    taker = {"submit_for_signature": drafter, "approve_and_send": leader, "receive": people["vanthuso"]}
    route = list(WAY[: WAY.index(until) + 1]) if until in WAY else list(WAY[:3])
    if until == "request_supplement":
        route.append("request_supplement")
    if until == "record_approval":
        route = [*WAY, *LATER]
    for hours, action in enumerate(route, start=1):
        who = taker.get(action) or people["lanhdaoso" if action in LATER else "chuyenvien"]
        _step(dossier, action, who, now + dt.timedelta(minutes=55 * hours))


def _step(dossier, action, who, now):
    dossier.refresh_from_db()
    extra = {}
    if action == "request_supplement":
        due = add_working_days(dt.datetime.now(now.tzinfo).date(), 4, load_calendar())
        extra = {"note": texts.REQUESTED, "due_on": due}
    elif action == "record_council":
        extra = {"note": "Nội dung cấp thiết, có địa chỉ ứng dụng (dữ liệu mẫu).", "data": _council(now)}
    elif action == "submit_to_city":
        extra = {"data": {"submission_number": "12/TTr-SKHCN (mẫu)", "submission_date": now.date()}}
    elif action == "record_approval":
        extra = {"data": _approval(dossier, now)}
    actor = actor_for(who, today=now.date())
    take_step(dossier=dossier, action=action, actor=actor, version=dossier.version, now=now, **extra)


def _council(now):
    return {
        "minutes_number": "01/BB-HĐTV (mẫu)",
        "minutes_date": now.date(),
        "recommendation": "do",
        "council_size": Decimal(7),
        "ballots": Decimal(7),
        "ballots_pass": Decimal(6),
    }


def _approval(dossier, now):
    return {
        "decision_number": "345/QĐ-UBND (mẫu)",
        "decision_date": now.date(),
        "approved_name": dossier.title,
        "approved_aim": "Có hệ thống số phục vụ quản lý, quảng bá khu di tích (dữ liệu mẫu).",
        "approved_state_budget": Decimal(700),
        "approved_other_budget": Decimal(150),
    }
