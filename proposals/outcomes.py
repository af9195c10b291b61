"""What the council and the city said of a proposal: checks before, rows after the step."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone

from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from proposals.models import CityDecision, CouncilResult
from proposals.step_fields import AGAINST_COUNCIL, NOT_TO_DO
from records.dates import format_date

_NUMBER_LENGTH = 100
_NAME_LENGTH = 500
_DECISIONS = {
    "record_approval": CityDecision.Kind.APPROVE,
    "record_rejection": CityDecision.Kind.REJECT,
    "city_asks_revision": CityDecision.Kind.REVISE,
}
_SENT_BY_LEADER = ("approve_and_send", "approve_and_send_again")


def clean(dossier, step, data) -> dict:
    """Values of a step's own fields, checked together. Raises ``ValidationError`` with a sentence at each field."""
    errors = {
        name: f"Số văn bản dài quá {_NUMBER_LENGTH} ký tự. Chỉ ghi số, ký hiệu."
        for name in ("minutes_number", "decision_number", "submission_number")
        if len(data.get(name) or "") > _NUMBER_LENGTH
    }
    cleaned = dict(data)
    if step.action == "record_council":
        cleaned |= {name: int(data[name]) for name in ("council_size", "ballots", "ballots_pass")}
        errors |= _council(dossier.proposal.call, cleaned)
    elif step.action == "submit_to_city":
        errors |= _against_council(dossier, data)
    elif step.action == "record_approval":
        errors |= _approval(cleaned)
    if errors:
        raise ValidationError(errors)
    return cleaned


def _council(call, data) -> dict:
    """The call's rules: number of members, quorum, and the ratio that the recommendation must agree with."""
    size, ballots, passing = data["council_size"], data["ballots"], data["ballots_pass"]
    errors = {}
    if not call.council_min <= size <= call.council_max:
        errors["council_size"] = (
            f"Hội đồng của đợt này có từ {call.council_min} đến {call.council_max} thành viên, đang ghi {size}. "
            "Kiểm tra lại quyết định thành lập Hội đồng."
        )
    if ballots < 1:
        errors["ballots"] = "Số phiếu thu về phải từ 1 trở lên và đúng số người bỏ phiếu."
    elif ballots > size:
        errors["ballots"] = f"Số phiếu thu về ({ballots}) không thể vượt số thành viên Hội đồng ({size})."
    elif not call.council_quorate(size=size, ballots=ballots):
        part = f"{call.quorum_numerator}/{call.quorum_denominator}"
        errors["ballots"] = (
            f"{ballots} phiếu trên {size} thành viên chưa đủ {part} số thành viên Hội đồng dự họp. "
            "Kiểm tra lại số phiếu, hoặc ghi nhận sau khi Hội đồng họp lại."
        )
    if passing > ballots:
        errors["ballots_pass"] = f"Số phiếu “đạt yêu cầu” ({passing}) không thể vượt số phiếu thu về ({ballots})."
    return errors or _recommendation(call, data["recommendation"] != NOT_TO_DO, ballots, passing)


def _recommendation(call, wanted, ballots, passing) -> dict:
    passes = call.council_passes(ballots=ballots, passing=passing)
    rule = f"hơn {call.pass_numerator}/{call.pass_denominator} số phiếu “đạt yêu cầu”"
    if wanted == passes:
        return {}
    if wanted:
        sentence = (
            f"{passing}/{ballots} phiếu “đạt yêu cầu” chưa đủ để đề nghị thực hiện: đợt này cần {rule}. "
            "Kiểm tra lại số phiếu hoặc kiến nghị."
        )
    else:
        sentence = (
            f"{passing}/{ballots} phiếu “đạt yêu cầu” đã đủ để đề nghị thực hiện ({rule}), "
            "nhưng kiến nghị đang ghi không thực hiện. Kiểm tra lại số phiếu hoặc kiến nghị."
        )
    return {"recommendation": sentence}


def _against_council(dossier, data) -> dict:
    """Going to the city although the council said no is possible, with a reason that stays in the record."""
    last = CouncilResult.objects.filter(proposal_id=dossier.pk).order_by("-pk").first()
    if last is None or last.recommendation != NOT_TO_DO or (data.get(AGAINST_COUNCIL.name) or "").strip():
        return {}
    sentence = "Hội đồng kiến nghị không thực hiện. Ghi lý do vẫn trình, hoặc chọn “Đề nghị không đưa vào danh mục”."
    return {AGAINST_COUNCIL.name: sentence}


def _approval(cleaned) -> dict:
    """Errors; also brings the money to one decimal."""
    errors = {}
    if len(cleaned["approved_name"]) > _NAME_LENGTH:
        errors["approved_name"] = f"Tên nhiệm vụ được phê duyệt dài quá {_NAME_LENGTH} ký tự. Ghi ngắn lại."
    for name in ("approved_state_budget", "approved_other_budget"):
        value = cleaned.get(name)
        if value is None:
            continue
        if value < 0 or value >= Decimal(10) ** 12:
            errors[name] = "Kinh phí được phê duyệt (triệu đồng) phải từ 0 trở lên. Kiểm tra lại số đã nhập."
        else:
            cleaned[name] = Decimal(value).quantize(Decimal("0.1"))
    return errors


def keep(*, dossier, step, event, data, now) -> None:
    """Rows of the kind after a step, in the door's transaction. Raises ``StepRefused`` for a date to come."""
    _no_future(step, data, timezone.localdate(now))
    if step.action in _SENT_BY_LEADER:
        Dossier.objects.filter(pk=dossier.pk).update(needs_letter=True)
    elif step.action == "withdraw":
        Dossier.objects.filter(pk=dossier.pk).update(needs_letter=False)
    elif step.action == "record_council":
        _keep_council(dossier, event, data)
    elif step.action in _DECISIONS:
        _keep_decision(dossier, step, event, data)


def _no_future(step, data, today):
    """Here and not in ``clean``: the day is known to the door only."""
    late = {}
    for field in step.fields:
        value = data.get(field.name)
        if field.kind == "date" and value and value > today:
            late[field.name] = [f"“{field.label}” ({format_date(value)}) sau hôm nay. Kiểm tra lại ngày."]
    if late:
        raise StepRefused(" ".join(sentences[0] for sentences in late.values()), fields=late)


def _keep_council(dossier, event, data):
    CouncilResult.objects.create(
        proposal_id=dossier.pk,
        event=event,
        minutes_number=data["minutes_number"],
        minutes_date=data["minutes_date"],
        recommendation=data["recommendation"],
        council_size=data["council_size"],
        ballots=data["ballots"],
        ballots_pass=data["ballots_pass"],
        reason=event.note,
    )


def _keep_decision(dossier, step, event, data):
    approved = {}
    if step.action == "record_approval":
        approved = {
            "name": data["approved_name"],
            "aim": data["approved_aim"],
            "state_budget": data["approved_state_budget"],
            "other_budget": data.get("approved_other_budget"),
        }
    CityDecision.objects.create(
        proposal_id=dossier.pk,
        event=event,
        kind=_DECISIONS[step.action],
        number=data["decision_number"],
        issued_on=data["decision_date"],
        reason=event.note,
        **approved,
    )
