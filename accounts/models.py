"""People, their dated roles, and the persons who sign on paper."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.roles import DEPT_ROLES, UNIT_ROLES, Role, actor_for
from districts.models import Unit
from records.modelfields import LineField
from records.text import search_text


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        """A user with the administrator role at the Sở; the portal has no other superuser."""
        user = self.create_user(username, password, **fields)
        Membership.objects.create(user=user, role=Role.DEPT_ADMIN, valid_from=timezone.localdate())
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. Holds no citizen number (Luật 91/2025/QH15): name, post, official address only."""

    username = LineField("Tên đăng nhập", max_length=150, unique=True)
    full_name = LineField("Họ và tên", max_length=150)
    post = LineField("Chức vụ", max_length=150, blank=True)
    email = models.EmailField("Thư điện tử công vụ", blank=True)
    phone = LineField("Điện thoại", max_length=30, blank=True)
    weekly_mail = models.BooleanField("Nhận thư tuần", default=True)  # the Sở's people only; never the reminders
    is_active = models.BooleanField("Đang hoạt động", default=True)
    created_at = models.DateTimeField("Ngày tạo", default=timezone.now, editable=False)
    search = models.TextField(editable=False, default="", blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["username"]
        constraints = [
            # An address signs in and receives links to set a password: it belongs to one person.
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_once",
                violation_error_message="Địa chỉ thư điện tử này đã là của người khác. Mỗi người dùng một địa chỉ riêng.",
            )
        ]

    def __str__(self):
        return self.full_name or self.username

    def save(self, *args, **kwargs):
        self.search = search_text(self.full_name, self.username, self.email)
        super().save(*args, **kwargs)

    def get_full_name(self):
        return self.full_name or self.username

    def get_short_name(self):
        return self.full_name or self.username

    # The admin site asks these; the answer comes from the memberships, never from a column of its own.
    def _actor(self):
        if not hasattr(self, "_cached_actor"):
            self._cached_actor = actor_for(self, today=timezone.localdate())
        return self._cached_actor

    @property
    def is_staff(self):
        return self._actor().is_department

    @property
    def is_superuser(self):
        return self._actor().is_admin

    def has_perm(self, perm, obj=None):
        return self.is_superuser

    def has_module_perms(self, app_label):
        return self.is_staff


class MembershipQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))


class Membership(models.Model):
    """One role of one person, at a unit or (without unit) at the Sở, from–to. Ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name="Người dùng")
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="Đơn vị",
        help_text="Để trống nếu là vai trò tại Sở.",
    )
    role = models.CharField("Vai trò", max_length=20, choices=Role)
    room = LineField("Phòng, ban", max_length=150, blank=True)
    valid_from = models.DateField("Từ ngày")
    valid_to = models.DateField("Đến hết ngày", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò"
        verbose_name_plural = "vai trò"
        indexes = [models.Index(fields=["unit", "role"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role", "valid_from"],
                name="membership_once",
                nulls_distinct=False,
                violation_error_message="Người này đã có vai trò đó từ cùng ngày. Sửa dòng đã có.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(UNIT_ROLES), unit__isnull=False)
                | Q(role__in=sorted(DEPT_ROLES), unit__isnull=True),
                name="membership_role_fits_place",
                violation_error_message="Vai trò của đơn vị cần chọn đơn vị; vai trò của Sở thì để trống đơn vị.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="membership_dates_in_order",
                violation_error_message="“Đến hết ngày” phải từ “Từ ngày” trở đi.",
            ),
        ]

    def __str__(self):
        place = self.unit.name if self.unit_id else "Sở KH&CN"
        return f"{self.get_role_display()} – {place}"


class Signer(models.Model):
    """Who signs on paper for a unit, and in which capacity (practice.md 4)."""

    class Authority(models.TextChoices):
        TM = "TM", "TM. – thay mặt (Chủ tịch)"
        KT = "KT", "KT. – ký thay (Phó Chủ tịch)"
        TL = "TL", "TL. – thừa lệnh"
        TUQ = "TUQ", "TUQ. – thừa ủy quyền"
        Q = "Q", "Q. – quyền"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="signers", verbose_name="Đơn vị")
    full_name = LineField("Họ và tên", max_length=150)
    post = LineField("Chức vụ", max_length=150)
    authority = models.CharField("Thẩm quyền ký", max_length=3, choices=Authority, default=Authority.TM)
    mandate = LineField("Văn bản ủy quyền", max_length=250, blank=True)
    valid_from = models.DateField("Từ ngày")
    valid_to = models.DateField("Đến hết ngày", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "người ký"
        verbose_name_plural = "người ký"
        ordering = ["unit", "full_name"]

    def __str__(self):
        return f"{self.authority}. {self.full_name}, {self.post}"

    @property
    def signature_lines(self) -> list[str]:
        """The lines above the signature (Nghị định 30/2020/NĐ-CP, phụ lục I)."""
        head, post = "TM. ỦY BAN NHÂN DÂN", self.post.upper()
        if self.authority == self.Authority.TM:
            return [head, post]
        if self.authority == self.Authority.Q:
            return [head, f"Q. {post}"]
        if self.authority == self.Authority.KT:
            return [head, "KT. CHỦ TỊCH", post]
        return [f"{self.authority}. CHỦ TỊCH", post]  # by order or mandate one signs for the chairman, not the body


class LoginAttempt(models.Model):
    """Failed tries for one name from one address (blank address: from anywhere). Written by ``accounts.attempts``."""

    name = models.CharField(max_length=200)
    address = models.CharField(max_length=45, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "address"], name="login_attempt_once")]
        indexes = [models.Index(fields=["last_at"], name="login_attempt_last")]

    def __str__(self):
        return f"{self.name} {self.address}".strip()
