"""The help text of a unit's name is an example and says so."""

from django.db import migrations

import records.modelfields


class Migration(migrations.Migration):
    dependencies = [("districts", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="unit",
            name="name",
            field=records.modelfields.LineField(
                help_text="Ghi tên đầy đủ, ví dụ: Xã Ứng Hòa, Huyện Ứng Hòa.", max_length=120, verbose_name="tên đơn vị"
            ),
        ),
    ]
