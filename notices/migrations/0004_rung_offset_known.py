from django.db import migrations, models
from django.db.models import Q


def leave_out(apps, schema_editor):
    """Rungs no ladder can have (998, 1000, −400 were once accepted): far ahead is the opening, far behind never."""
    rungs = apps.get_model("notices", "Rung").objects
    odd = rungs.exclude(offset=999).filter(Q(offset__gt=60) | Q(offset__lt=-60))
    for rung in odd.filter(offset__gt=60, active=True).order_by("pk"):
        if not rungs.filter(kind=rung.kind, offset=999).exists():
            rung.offset = 999
            rung.save()
    odd.delete()


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_mail_ended_at")]

    operations = [
        migrations.AlterField(
            model_name="rung",
            name="offset",
            field=models.SmallIntegerField(verbose_name="Còn lại (ngày làm việc)"),
        ),
        migrations.RunPython(leave_out, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="rung",
            constraint=models.CheckConstraint(
                condition=Q(offset__range=(-60, 60)) | Q(offset=999),
                name="rung_offset_known",
                violation_error_message="Số ngày của mốc nhắc từ 1 đến 60.",
            ),
        ),
    ]
