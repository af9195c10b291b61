"""Words of mails that an administrator has changed; everything else keeps the built-in text."""

from django.db import models

from records.modelfields import BodyField


class MailText(models.Model):
    """One changed text; ``notices.mail_texts.TEXTS`` knows the keys, the built-in words and the placeholders."""

    key = models.CharField("Văn bản", max_length=40, unique=True)
    text = BodyField("Nội dung", max_length=1000)

    class Meta:
        verbose_name = "lời thư"
        verbose_name_plural = "lời thư"
        ordering = ["key"]

    def __str__(self):
        return self.key
