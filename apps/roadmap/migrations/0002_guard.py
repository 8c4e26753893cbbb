from django.db import migrations

from apps.roadmap import sql


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda _apps, editor: sql.guard(editor.connection.alias),
            lambda _apps, editor: sql.unguard(editor.connection.alias),
        ),
    ]
