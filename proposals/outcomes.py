"""What the council and the city said of a proposal: checks before, rows after the step."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone

from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from proposals.models import CityDecision, CouncilResult
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
    """Values of a step's own fields, checked together. Raises ``ValidationError`` with one sentence each."""
    for name in ("minutes_number", "decision_number", "submission_number"):
        if len(data.get(name) or "") > _NUMBER_LENGTH:
            raise ValidationError(f"Số văn bản dài quá {_NUMBER_LENGTH} ký tự. Chỉ ghi số, ký hiệu.")
    if step.action == "record_council":
        return _council(dossier.proposal.call, data)
    if step.action == "record_approval":
        return _approval(data)
    return data


def _council(call, data):
    ballots, passing = int(data["ballots"]), int(data["ballots_pass"])
    if not 1 <= ballots <= 200:
        raise ValidationError("Số phiếu thu về phải từ 1 trở lên và đúng số người bỏ phiếu.")
    if not 0 <= passing <= ballots:
        raise ValidationError(f"Số phiếu “đạt yêu cầu” ({passing}) không thể vượt số phiếu thu về ({ballots}).")
    passes = call.council_passes(ballots=ballots, passing=passing)
    rule = f"hơn {call.pass_numerator}/{call.pass_denominator} số phiếu “đạt yêu cầu”"
    wanted = data["recommendation"] != "dont"
    if wanted and not passes:
        raise ValidationError(
            f"{passing}/{ballots} phiếu “đạt yêu cầu” chưa đủ để đề nghị thực hiện: đợt này cần {rule}. "
            "Kiểm tra lại số phiếu hoặc kiến nghị."
        )
    if not wanted and passes:
        raise ValidationError(
            f"{passing}/{ballots} phiếu “đạt yêu cầu” đã đủ để đề nghị thực hiện ({rule}), "
            "nhưng kiến nghị đang ghi không thực hiện. Kiểm tra lại số phiếu hoặc kiến nghị."
        )
    return {**data, "ballots": ballots, "ballots_pass": passing}


def _approval(data):
    if len(data["approved_name"]) > _NAME_LENGTH:
        raise ValidationError(f"Tên nhiệm vụ được phê duyệt dài quá {_NAME_LENGTH} ký tự.")
    cleaned = dict(data)
    for name in ("approved_state_budget", "approved_other_budget"):
        value = data.get(name)
        if value is None:
            continue
        if value < 0 or value >= Decimal(10) ** 12:
            raise ValidationError("Kinh phí được duyệt (triệu đồng) phải từ 0 trở lên. Kiểm tra lại số đã nhập.")
        cleaned[name] = Decimal(value).quantize(Decimal("0.1"))
    return cleaned


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
    for field in step.fields:
        value = data.get(field.name)
        if field.kind == "date" and value and value > today:
            raise StepRefused(f"“{field.label}” ({format_date(value)}) sau hôm nay. Kiểm tra lại ngày.")


def _keep_council(dossier, event, data):
    CouncilResult.objects.create(
        proposal_id=dossier.pk,
        event=event,
        minutes_number=data["minutes_number"],
        minutes_date=data["minutes_date"],
        recommendation=data["recommendation"],
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
