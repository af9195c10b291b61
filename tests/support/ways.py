"""Short ways to a dossier in a given state, through the real doors."""

from accounts.roles import Role
from dossiers.door import take_step
from dossiers.models import Dossier
from proposals.filing import start_proposal
from proposals.models import Product, Proposal
from tests.factories import NOW, actor, make_theme


def complete_proposal(call, drafter, *, title="Ứng dụng chế phẩm vi sinh xử lý rơm rạ", now=NOW):
    """A draft whose whole check passes; returns the dossier."""
    proposal = start_proposal(call=call, actor=actor(drafter), now=now)
    Dossier.objects.filter(pk=proposal.pk).update(title=title, theme=make_theme(), search=f" {title.lower()}")
    Proposal.objects.filter(pk=proposal.pk).update(
        science_fields=["nong_nghiep"],
        task_type="ung_dung",
        grounds="Kế hoạch phát triển kinh tế - xã hội của xã.",
        urgency="Rơm rạ bị đốt ngoài đồng sau mỗi vụ.",
        general_aim="Giảm đốt rơm rạ.",
        specific_aims="Giảm 60% diện tích đốt tại 5 thôn.",
        main_contents="Khảo sát; thử nghiệm; tập huấn.",
        effects="Giảm ô nhiễm không khí.",
        state_budget="850",
        other_budget="150",
        months=18,
        reception="UBND xã tiếp nhận và sử dụng kết quả.",
        contact_organisation="UBND xã Ứng Hòa",
        contact_representative="Lê Văn Chủ",
        contact_phone="024 0000 0000",
        contact_email="xa@example.vn",
        contact_address="Xã Ứng Hòa, Hà Nội",
    )
    Product.objects.create(
        proposal_id=proposal.pk, name="Quy trình xử lý", form="II", unit_of_measure="quy trình", quantity=1
    )
    return Dossier.objects.get(pk=proposal.pk)


def step(dossier, action, who, *, now=NOW, **kwargs):
    """Take a step as the page would, from the state as it is now."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    take_step(dossier=dossier, action=action, actor=actor(who), version=dossier.version, now=now, **kwargs)
    return Dossier.objects.get(pk=dossier.pk)


def sent_proposal(call, drafter, leader, **kwargs):
    """A proposal that the leader has sent."""
    dossier = complete_proposal(call, drafter, **kwargs)
    step(dossier, "submit_for_signature", drafter)
    return step(dossier, "approve_and_send", leader)


def role_of(step_row) -> Role:
    """Any one role that may take the step, in a stable order."""
    return next(role for role in Role if role in step_row.roles)
