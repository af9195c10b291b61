"""What every table keeps to (architecture.md, idea 1)."""

import pytest
from django.apps import apps
from django.db import models

from tests.support.source import FLOORS

pytestmark = pytest.mark.once
# Many-to-many link rows made by Django cascade with their owner; they carry no history of their own.
OURS = [model for app in FLOORS for model in apps.get_app_config(app).get_models()]


def test_no_model_inherits_from_a_concrete_model():
    assert [model._meta.label for model in OURS if model._meta.parents] == []


def test_every_foreign_key_protects_what_it_points_to():
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]
    assert loose == []


def test_no_default_manager_hides_rows():
    """A manager that filters by default makes rows vanish from reports without anybody noticing."""
    filtering = [
        model._meta.label
        for model in OURS
        if model._default_manager.get_queryset().query.where or model._base_manager.get_queryset().query.where
    ]
    assert filtering == []


def test_constraint_and_index_names_stay_short():
    """PostgreSQL cuts identifiers at 63 bytes, Django refuses index names over 30 characters."""
    names = [c.name for model in OURS for c in [*model._meta.constraints, *model._meta.indexes]]
    assert [name for name in names if len(name) > 60] == []
    assert len(names) == len(set(names))
