from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Coalesce


def stamp(apps, schema_editor):
    """Mails that had ended before: when they were sent, otherwise when they were written, the nearest known."""
    mails = apps.get_model("notices", "Mail").objects.filter(ended_at=None)
    mails.exclude(state__in=["queued", "sending"]).update(ended_at=Coalesce(F("sent_at"), F("created_at")))


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_sender_crashes")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Kết thúc lúc"),
        ),
        migrations.RunPython(stamp, migrations.RunPython.noop),
    ]
