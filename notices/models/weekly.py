"""Which weeks' letters to the Sở have been written."""

from django.db import models


class WeeklyRun(models.Model):
    """One row a week, written with that week's mails: nobody is written to again because something came up later."""

    week = models.CharField(max_length=8, unique=True)  # 2026-W48
    at = models.DateTimeField()
    mails = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.week
