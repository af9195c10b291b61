"""Rows found by their own words: ``search`` holds them folded, whichever way a row is written."""

from django.db import models

from records.text import search_text


class FoldedRows(models.QuerySet):
    """Keeps ``search`` in step with the column the model names in ``folds``, also past ``save()``."""

    def update(self, **values):
        if isinstance(words := values.get(self.model.folds), str):
            values["search"] = search_text(words)
        return super().update(**values)

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for row in objs:
            row.search = search_text(getattr(row, self.model.folds))
        return super().bulk_create(objs, *args, **kwargs)


class Folded(models.Model):
    """``folds`` names the column whose words stand in ``search``."""

    folds = ""
    search = models.TextField(blank=True, default="", db_default="", editable=False)

    objects = FoldedRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.search = search_text(getattr(self, self.folds))
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search"}
        super().save(*args, **kwargs)
