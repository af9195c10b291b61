"""Calls for proposals and proposals on Mẫu I.01-ĐHNV."""

from django.db import models
from django.db.models import Q

from districts.models import Theme
from dossiers.models import Dossier, Event, Round
from records.modelfields import BodyField, LineField
from records.models import StoredFile

FORM_CODE = "I.01-ĐHNV"

SCIENCE_FIELDS = (
    ("tu_nhien", "Khoa học tự nhiên"),
    ("ky_thuat", "Khoa học kỹ thuật và công nghệ"),
    ("y_duoc", "Khoa học y, dược"),
    ("nong_nghiep", "Khoa học nông nghiệp"),
    ("xa_hoi", "Khoa học xã hội"),
    ("nhan_van", "Khoa học nhân văn"),
    ("chien_luoc", "Công nghệ chiến lược"),
)


class Call(models.Model):
    """A call for proposals. Council rules are data of the call; TT 06/2023/TT-BKHCN is the default."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="call")
    plan_year = models.PositiveIntegerField("Năm kế hoạch")
    guidance = BodyField("Hướng dẫn", blank=True)
    themes = models.ManyToManyField(Theme, blank=True, verbose_name="Chủ đề ưu tiên")
    approver = LineField("Cấp phê duyệt danh mục", max_length=200, default="UBND Thành phố Hà Nội")
    council_min = models.PositiveSmallIntegerField("Hội đồng: số thành viên từ", default=7)
    council_max = models.PositiveSmallIntegerField("đến", default=11)
    quorum_numerator = models.PositiveSmallIntegerField("Dự họp tối thiểu (tử số)", default=2)
    quorum_denominator = models.PositiveSmallIntegerField("Dự họp tối thiểu (mẫu số)", default=3)
    pass_numerator = models.PositiveSmallIntegerField("Tỷ lệ phiếu đạt phải lớn hơn (tử số)", default=3)
    pass_denominator = models.PositiveSmallIntegerField("Tỷ lệ phiếu đạt phải lớn hơn (mẫu số)", default=4)
    council_basis = LineField(
        "Căn cứ quy định về Hội đồng", max_length=300, default="Thông tư số 06/2023/TT-BKHCN (mặc định, Sở rà soát)"
    )

    class Meta:
        verbose_name = "đợt đề xuất"
        verbose_name_plural = "đợt đề xuất"
        ordering = ["-plan_year", "-pk"]

    def __str__(self):
        return self.round.title

    def council_passes(self, *, ballots: int, passing: int) -> bool:
        """More than the ratio of the ballots, strictly: 6 of 8 at 3/4 does not pass (process.md 6)."""
        return self.pass_denominator * passing > self.pass_numerator * ballots

    def council_quorate(self, *, size: int, ballots: int) -> bool:
        """At least the stated part of the members voted: 6 of 9 at 2/3 is enough, 5 is not."""
        return ballots * self.quorum_denominator >= self.quorum_numerator * size


class CallFile(models.Model):
    """Guidance file of a call, open to every signed-in person."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT)
    title = LineField("Tên tài liệu", max_length=250)

    class Meta:
        verbose_name = "tài liệu hướng dẫn"
        verbose_name_plural = "tài liệu hướng dẫn"

    def __str__(self):
        return self.title


class Proposal(models.Model):
    """The fifteen items of the form. Title (item 1) and theme stand on the dossier.

    Written by ``proposals.filing`` only, a section at a time: one statement changes the section's columns
    where ``<section>_version`` is still the one that was read.
    """

    class TaskType(models.TextChoices):
        BASIC = "co_ban", "Nghiên cứu cơ bản"
        APPLIED = "ung_dung", "Nghiên cứu ứng dụng"
        TECHNOLOGY = "cong_nghe", "Phát triển công nghệ"
        SOCIAL = "xa_hoi", "Phát triển giải pháp xã hội"

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, primary_key=True, related_name="proposal")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="proposals", verbose_name="Đợt đề xuất")
    form_code = models.CharField("Mẫu", max_length=30, default=FORM_CODE)
    section_saves = models.JSONField(default=dict, editable=False)  # section → {by, user, at} of its last save

    science_fields = models.JSONField("Thuộc lĩnh vực", default=list, blank=True)
    task_type = models.CharField("Thuộc loại hình nhiệm vụ", max_length=20, choices=TaskType, blank=True)
    basics_version = models.PositiveIntegerField(default=0)

    grounds = BodyField("Căn cứ đặt hàng nhiệm vụ", blank=True)
    urgency = BodyField("Tính cấp thiết của nhiệm vụ", blank=True)
    grounds_version = models.PositiveIntegerField(default=0)

    general_aim = BodyField("Mục tiêu chung", blank=True)
    specific_aims = BodyField("Mục tiêu cụ thể", blank=True)
    main_contents = BodyField("Dự kiến các nội dung chính cần thực hiện", blank=True)
    aims_version = models.PositiveIntegerField(default=0)

    effects = BodyField("Hiệu quả và tác động của kết quả thực hiện nhiệm vụ", blank=True)
    results_version = models.PositiveIntegerField(default=0)

    state_budget = models.DecimalField(
        "Kinh phí hỗ trợ từ NSNN", max_digits=14, decimal_places=1, null=True, blank=True
    )
    other_budget = models.DecimalField("Kinh phí từ nguồn khác", max_digits=14, decimal_places=1, null=True, blank=True)
    months = models.PositiveSmallIntegerField("Thời gian (tháng)", null=True, blank=True)
    period_from = models.CharField("Từ tháng", max_length=7, blank=True)  # mm/yyyy
    period_to = models.CharField("Đến tháng", max_length=7, blank=True)
    money_version = models.PositiveIntegerField(default=0)

    direct_body = LineField("Đề xuất tổ chức được xét giao trực tiếp (nếu có)", max_length=300, blank=True)
    direct_reason = BodyField("Lý do đề xuất giao trực tiếp", blank=True)
    reception = BodyField(
        "Tiếp nhận và phương án tổ chức quản lý, sử dụng kết quả của nhiệm vụ của cơ quan đặt hàng", blank=True
    )
    bodies_version = models.PositiveIntegerField(default=0)

    references = BodyField("Danh mục tài liệu tham khảo", blank=True)
    contact_organisation = LineField("Tên tổ chức", max_length=250, blank=True)
    contact_representative = LineField("Đại diện tổ chức", max_length=250, blank=True)
    contact_identifier = LineField("Mã định danh điện tử của tổ chức", max_length=50, blank=True)
    contact_phone = LineField("Điện thoại", max_length=50, blank=True)
    contact_email = LineField("Email", max_length=150, blank=True)
    contact_address = LineField("Địa chỉ liên hệ", max_length=300, blank=True)
    contacts_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "đề xuất"
        verbose_name_plural = "đề xuất"
        constraints = [
            models.CheckConstraint(
                condition=(Q(state_budget=None) | Q(state_budget__gte=0))
                & (Q(other_budget=None) | Q(other_budget__gte=0)),
                name="proposal_money_not_negative",
            ),
        ]

    def __str__(self):
        return f"{self.dossier}"


class Product(models.Model):
    """Item 8: one expected result with its targets."""

    class Form(models.TextChoices):
        MATERIAL = "I", "Dạng I – vật chất (mẫu, thiết bị, giống, dây chuyền)"
        DOCUMENT = "II", "Dạng II – thông tin, tài liệu (quy trình, phần mềm, báo cáo)"
        PUBLICATION = "III", "Dạng III – công bố (bài báo, sách)"
        PROPERTY = "IV", "Dạng IV – sở hữu trí tuệ (sáng chế, nhãn hiệu)"
        TRAINING = "DT", "Đào tạo, tập huấn"
        OTHER = "K", "Khác"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="products")
    position = models.PositiveSmallIntegerField(default=0)
    name = LineField("Tên sản phẩm", max_length=300)
    form = models.CharField("Dạng", max_length=3, choices=Form, blank=True)
    unit_of_measure = LineField("ĐVT", max_length=50, blank=True)
    quantity = models.DecimalField("Số lượng", max_digits=12, decimal_places=2, null=True, blank=True)
    target = BodyField("Yêu cầu, chỉ tiêu cần đạt", blank=True)

    class Meta:
        verbose_name = "sản phẩm"
        verbose_name_plural = "sản phẩm"
        ordering = ["proposal", "position", "pk"]

    def __str__(self):
        return self.name


class CouncilResult(models.Model):
    """What the council recommended. The vote count is for the Sở only (practice.md 20)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="council_results")
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    minutes_number = LineField("Số biên bản", max_length=100)
    minutes_date = models.DateField("Ngày họp")
    recommendation = models.CharField("Kiến nghị", max_length=10)
    council_size = models.PositiveSmallIntegerField("Số thành viên Hội đồng")
    ballots = models.PositiveSmallIntegerField("Số phiếu")
    ballots_pass = models.PositiveSmallIntegerField("Số phiếu đạt")
    reason = BodyField("Lý do")

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.minutes_number} – {self.recommendation}"


class CityDecision(models.Model):
    """A paper of the city on a proposal: approval with name, aim and money beside the proposed, or not."""

    class Kind(models.TextChoices):
        APPROVE = "approve", "Phê duyệt"
        REJECT = "reject", "Không phê duyệt"
        REVISE = "revise", "Yêu cầu rà soát, hoàn thiện"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind)
    number = LineField("Số", max_length=100)
    issued_on = models.DateField("Ngày")
    name = LineField("Tên được phê duyệt", max_length=500, blank=True)
    aim = BodyField("Định hướng mục tiêu được phê duyệt", blank=True)
    state_budget = models.DecimalField(max_digits=14, decimal_places=1, null=True, blank=True)
    other_budget = models.DecimalField(max_digits=14, decimal_places=1, null=True, blank=True)
    reason = BodyField("Lý do", blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} – {self.number}"
