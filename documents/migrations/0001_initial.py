import core.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "__first__"),
        ("roadmaps", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=80)),
                ("purpose", models.TextField(blank=True)),
                ("sections", models.JSONField(default=list)),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("name",),
                        name="template_name_once",
                        violation_error_message="There is a template of this name already. Choose another name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("state", models.CharField(choices=[("draft", "Draft"), ("in_review", "In review")], default="draft", max_length=10)),
                ("sections", models.JSONField(default=list)),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="document", to="roadmaps.feature"
                    ),
                ),
                ("template", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.template")),
            ],
            options={
                "ordering": ["-updated_at", "-id"],
                "indexes": [models.Index(condition=models.Q(("deleted_at", None)), fields=["updated_at", "id"], name="document_by_change")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("feature", "template"),
                        name="document_once_per_feature",
                        violation_error_message="This feature has a document of this template already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=core.clock.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("template", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="documents.template")),
            ],
            options={
                "ordering": ["-number"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("template", "number"), name="template_revision_once")],
            },
        ),
        migrations.CreateModel(
            name="DocumentRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=core.clock.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="documents.document")),
            ],
            options={
                "ordering": ["-number"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("document", "number"), name="document_revision_once")],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("based_on", models.PositiveIntegerField()),
                ("updated_at", models.DateTimeField(default=core.clock.now)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="documents.document")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("document", "author"), name="one_draft_per_person")],
            },
        ),
    ]
