"""Whose desk a request lies on, and the indexes that lists of a million requests need."""

import closure.models.queue_indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("closure", "0010_help_feedback"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="closurerequest",
            name="closure_review",
        ),
        migrations.AddField(
            model_name="closurerequest",
            name="assigned_to",
            field=models.UUIDField(blank=True, help_text="Whose work it is, as a lead says", null=True),
        ),
        migrations.AddField(
            model_name="closurerequest",
            name="desk_by",
            field=models.UUIDField(
                blank=True, help_text="Who is at work on it; until then nobody else decides", null=True
            ),
        ),
        migrations.AddField(
            model_name="closurerequest",
            name="desk_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                ),
                fields=["finalizes_before", "id"],
                name="closure_live",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(fields=["state", "finalizes_before", "id"], name="closure_states"),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(("submitted_at__isnull", False)),
                fields=["finalizes_before", "id"],
                name="closure_submitted",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="in_review"), ("assigned_to", None)
                ),
                fields=["state", "finalizes_before", "id"],
                name="closure_unassigned",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="in_review"), ("proposed_at__isnull", False)
                ),
                fields=["proposed_at", "id"],
                name="closure_second",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(("assigned_to__isnull", False)), fields=["assigned_to"], name="closure_assigned"
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(condition=models.Q(("desk_by__isnull", False)), fields=["desk_by"], name="closure_desk"),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="finalizing"),
                    closure.models.queue_indexes.HasWord("plan", codes="failed"),
                ),
                fields=["state", "id"],
                name="closure_failing",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="finalizing"), ("parked_at__isnull", False)
                ),
                fields=["state", "id"],
                name="closure_parked",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                    closure.models.queue_indexes.HasWord("flags", codes="brake"),
                ),
                fields=["finalizes_before", "id"],
                name="closure_brake",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                    closure.models.queue_indexes.HasWord("flags", codes="contact_change"),
                ),
                fields=["finalizes_before", "id"],
                name="closure_contact_change",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                    closure.models.queue_indexes.HasWord("flags", codes="large_withdrawals"),
                ),
                fields=["finalizes_before", "id"],
                name="closure_large_withdrawals",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                    closure.models.queue_indexes.HasWord("flags", codes="deposit"),
                ),
                fields=["finalizes_before", "id"],
                name="closure_deposit",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                    closure.models.queue_indexes.HasWord("flags", codes="name_mismatch"),
                ),
                fields=["finalizes_before", "id"],
                name="closure_name_mismatch",
            ),
        ),
        migrations.AddIndex(
            model_name="closurerequest",
            index=models.Index(
                condition=models.Q(
                    closure.models.queue_indexes.Among("state", codes="approved cooling_off finalizing held in_review"),
                    ("sealed_at", None),
                    closure.models.queue_indexes.HasWord("flags", codes="face_declined"),
                ),
                fields=["finalizes_before", "id"],
                name="closure_face_declined",
            ),
        ),
        migrations.AddIndex(
            model_name="effect",
            index=models.Index(condition=models.Q(("state", "parked")), fields=["request"], name="effect_parked"),
        ),
        migrations.AddConstraint(
            model_name="closurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("desk_by", None), ("desk_until", None)),
                    models.Q(
                        ("desk_by__isnull", False),
                        ("desk_until__isnull", False),
                        models.Q(("desk_by", models.F("account_id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="closure_desk_paired",
            ),
        ),
        migrations.AddConstraint(
            model_name="closurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("assigned_to", None),
                    models.Q(("assigned_to", models.F("account_id")), _negated=True),
                    _connector="OR",
                ),
                name="closure_never_assigned_to_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="closurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("submitted_at", None), ("finalizes_before__isnull", False), _connector="OR"),
                name="closure_submitted_has_due",
            ),
        ),
    ]
