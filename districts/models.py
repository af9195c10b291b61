"""Local units and their succession, themes, days off."""

from django.db import models
from django.db.models import F, Q

from records.modelfields import LineField
from records.text import clean_line, search_text, sort_key

from .searching import name_rank, todays_name, typed_name

# Known cases of units named after persons, which write the full name before the date (NĐ 30/2020, Phụ lục I).
# The column can be edited; this list only seeds it.
NAMED_AFTER_PERSONS = {"Hai Bà Trưng", "Trần Phú"}


class UnitQuerySet(models.QuerySet):
    """Units by time and by name."""

    def valid_on(self, day):
        """Units that exist on ``day``; an unknown beginning counts as long ago, ``valid_to`` is the last day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )

    def former(self, day):
        """Units that have ended before ``day``."""
        return self.filter(valid_to__lt=day)

    def search(self, term):
        """Units by present or former name or code, accents not needed; the unit's own name ranks first,
        among equals the one that is in being."""
        phrase = typed_name(term)
        if not phrase:
            return self
        # The whole phrase, not single words: "Ba Đình" must not hit a unit made of "Ba Vì" and "Vân Đình".
        return self.filter(search__contains=f" {phrase}").order_by(
            name_rank(phrase), F("valid_to").desc(nulls_first=True), "sort_key", "id"
        )

    def with_word(self, word):
        """Units whose name of today has a word that begins so; a former name would need explaining."""
        return self.order_by().alias(now=todays_name()).filter(now__contains=f" {word}")


class UnitKind(models.TextChoices):
    PHUONG = "Phường", "Phường"
    XA = "Xã", "Xã"
    QUAN = "Quận", "Quận"
    HUYEN = "Huyện", "Huyện"
    THI_XA = "Thị xã", "Thị xã"


class UnitLevel(models.TextChoices):
    DISTRICT = "district", "Cấp huyện"
    COMMUNE = "commune", "Cấp xã"


_LEVELS = {
    UnitKind.PHUONG: UnitLevel.COMMUNE,
    UnitKind.XA: UnitLevel.COMMUNE,
    UnitKind.QUAN: UnitLevel.DISTRICT,
    UnitKind.HUYEN: UnitLevel.DISTRICT,
    UnitKind.THI_XA: UnitLevel.DISTRICT,
}


class Unit(models.Model):
    """A local government unit during one span of its life; a code may live on with another meaning."""

    Kind = UnitKind
    Level = UnitLevel

    code = models.CharField("mã đơn vị", max_length=5)
    name = LineField("tên đơn vị", max_length=120, help_text="Ghi tên đầy đủ, ví dụ: Xã Ứng Hòa, Huyện Ứng Hòa.")
    kind = models.CharField("loại", max_length=10, choices=UnitKind.choices)
    level = models.CharField("cấp", max_length=10, choices=UnitLevel.choices, editable=False)
    place_name = LineField(
        "địa danh",
        max_length=120,
        blank=True,
        help_text="Ghi trước ngày, tháng trên văn bản. Đơn vị đặt theo tên người, chữ số, sự kiện lịch sử ghi đủ tên.",
    )
    valid_from = models.DateField("có hiệu lực từ", null=True, blank=True, help_text="Để trống: không rõ.")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True, help_text="Để trống: đang hoạt động.")
    address = LineField("địa chỉ", max_length=250, blank=True)
    phone = LineField("điện thoại", max_length=50, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    identifier = LineField("mã định danh điện tử", max_length=35, blank=True)
    search = models.TextField("chữ tìm kiếm", blank=True, editable=False)
    sort_key = models.CharField("khóa sắp xếp", max_length=400, blank=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_from"),
            # NULLs are distinct in a unique index, so an unknown beginning needs its own rule.
            models.UniqueConstraint(fields=["code"], condition=Q(valid_from=None), name="unit_code_unknown_from"),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="unit_sort"),
            models.Index(fields=["level", "valid_to"], name="unit_level"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Also writes the derived columns: level, place name where empty, sort key, folded search text."""
        self.derive()
        self.search = self.folded()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "level", "place_name", "sort_key", "search"}
        super().save(*args, **kwargs)

    def folded(self):
        """Search text: own name and code, then each predecessor's name behind a bar (districts, former wards)."""
        old = []
        if self.pk:
            old = [*self.predecessors.values_list("name", flat=True)]
            old += [str(ward) for ward in FormerWard.objects.filter(successions__unit=self)]
        return self.compose_search(old)

    def compose_search(self, old_names=()):
        """Search text from given predecessor names (no query)."""
        return " /".join([search_text(self.name, self.code), *sorted({search_text(name) for name in old_names})])

    def derive(self):
        """Set the derived columns that need no query: level, place name where empty, sort key."""
        self.name = clean_line(self.name)
        self.level = _LEVELS.get(self.kind, UnitLevel.COMMUNE)
        self.place_name = self.place_name or self.default_place_name
        self.sort_key = sort_key(self.name)[:400]

    @property
    def bare_name(self):
        """Name without the kind word: "Ứng Hòa"."""
        return self.name.removeprefix(f"{self.kind} ")

    @property
    def default_place_name(self):
        """Place name for papers: the bare name, or the full one for units named after persons or numbers."""
        full = self.bare_name in NAMED_AFTER_PERSONS or any(c.isdigit() for c in self.bare_name)
        return self.name if full else self.bare_name

    @property
    def body_name(self):
        """Name of its People's Committee: "UBND xã Ứng Hòa"."""
        return f"UBND {self.kind.lower()} {self.bare_name}"

    @property
    def organ_lines(self):
        """Two lines for the head of a paper: ("ỦY BAN NHÂN DÂN", "XÃ ỨNG HÒA")."""
        return "ỦY BAN NHÂN DÂN", self.name.upper()

    @property
    def successors(self):
        """Units that took over its ground, wholly or in part (queryset)."""
        return Unit.objects.filter(from_links__predecessor=self)

    @property
    def predecessors(self):
        """Units whose ground it took over, wholly or in part (queryset)."""
        return Unit.objects.filter(to_links__successor=self)


class Extent(models.TextChoices):
    WHOLE = "whole", "Toàn bộ"
    PART = "part", "Một phần"


class Succession(models.Model):
    """``successor`` took over the whole or a part of ``predecessor``."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, verbose_name="đơn vị cũ", related_name="to_links")
    successor = models.ForeignKey(Unit, models.PROTECT, verbose_name="đơn vị mới", related_name="from_links")
    extent = models.CharField("phạm vi", max_length=5, choices=Extent.choices)

    class Meta:
        verbose_name = "kế thừa đơn vị"
        verbose_name_plural = "kế thừa đơn vị"
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=models.F("successor")), name="succession_not_itself"),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor} ({self.get_extent_display().lower()})"


class FormerWard(models.Model):
    """A commune, ward or township of before July 2025, kept so that its name finds today's unit."""

    class Kind(models.TextChoices):
        PHUONG = "Phường", "Phường"
        XA = "Xã", "Xã"
        THI_TRAN = "Thị trấn", "Thị trấn"

    code = models.CharField("mã", max_length=5, unique=True)
    name = LineField("tên", max_length=120, help_text="Không kèm loại: Trúc Bạch.")
    kind = models.CharField("loại", max_length=10, choices=Kind.choices)
    district = models.ForeignKey(Unit, models.PROTECT, verbose_name="quận, huyện, thị xã cũ", related_name="wards")
    search = models.CharField("chữ tìm kiếm", max_length=300, blank=True, editable=False)
    sort_key = models.CharField("khóa sắp xếp", max_length=400, blank=True, editable=False)

    class Meta:
        verbose_name = "xã, phường, thị trấn cũ"
        verbose_name_plural = "xã, phường, thị trấn cũ"
        ordering = ["sort_key", "code"]

    def __str__(self):
        return f"{self.kind} {self.name}"

    def save(self, *args, **kwargs):
        """Also writes sort key and folded search text."""
        self.derive()
        super().save(*args, **kwargs)

    def derive(self):
        """Set sort key and search text (no query)."""
        self.sort_key = sort_key(self.name)[:400]
        self.search = search_text(self.kind, self.name, self.code)[:300]


class WardSuccession(models.Model):
    """``unit`` took over the whole or a part of the former ward."""

    ward = models.ForeignKey(FormerWard, models.PROTECT, verbose_name="xã, phường cũ", related_name="successions")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="đơn vị mới", related_name="ward_links")
    extent = models.CharField("phạm vi", max_length=5, choices=Extent.choices)

    class Meta:
        verbose_name = "kế thừa xã, phường cũ"
        verbose_name_plural = "kế thừa xã, phường cũ"
        constraints = [models.UniqueConstraint(fields=["ward", "unit"], name="ward_succession_once")]

    def __str__(self):
        return f"{self.ward} → {self.unit} ({self.get_extent_display().lower()})"


class ThemeQuerySet(models.QuerySet):
    """Themes by use."""

    def active(self):
        """Themes offered for new dossiers."""
        return self.filter(active=True)


class Theme(models.Model):
    """One of the matters the programme minds; proposals, indicators, difficulties and requests share this list."""

    code = models.SlugField("mã", max_length=40, unique=True)
    name = LineField("tên chủ đề", max_length=120)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    active = models.BooleanField("đang dùng", default=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = "chủ đề"
        verbose_name_plural = "chủ đề"
        ordering = ["order", "id"]

    def __str__(self):
        return self.name


class Holiday(models.Model):
    """A weekday off or a Saturday at work; deadlines read this table, never a library.

    ``ordinary`` takes a seeded day back without deleting it, so that the next seeding does not bring it in again.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "Nghỉ lễ, Tết"
        COMPENSATION = "compensation", "Nghỉ bù"
        SWAP_OFF = "swap_off", "Nghỉ hoán đổi"
        WORKING_DAY = "working_day", "Làm bù"
        ORDINARY = "ordinary", "Ngày thường (không nghỉ)"

    day = models.DateField("ngày", unique=True)
    name = LineField("tên", max_length=120)
    kind = models.CharField("loại", max_length=12, choices=Kind.choices)
    source = LineField("nguồn", max_length=250, blank=True)
    confirmed = models.BooleanField(
        "đã xác nhận", default=False, help_text="Ngày chưa xác nhận vẫn được tính; kiểm tra theo thông báo hằng năm."
    )

    class Meta:
        verbose_name = "ngày nghỉ, làm bù"
        verbose_name_plural = "ngày nghỉ, làm bù"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.name}"
