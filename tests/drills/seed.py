"""Fills a drill's installation with people, a product, a scoring model and rated features. Runs inside it (`manage.py shell`)."""

import json
import random
import string
from decimal import Decimal

from core.acts import act
from core.models import Membership, Role, User
from core.services import create_product, create_token, create_user, forget_rights, set_membership
from core.writes import insert_many
from prioritization.models import Consensus, Criterion, Rating, ScoringModel
from prioritization.services import change_model, create_model
from roadmaps.models import Feature, Stage
from roadmaps.order import first_key
from roadmaps.services.stages import create_stage

PASSWORD = "a long enough password"
CRITERIA = [
    {"key": "reach", "name": "Reach", "weight": Decimal(2)},
    {"key": "strength", "name": "Strength", "weight": Decimal(3)},
    {"key": "effort", "name": "Effort", "kind": "computed", "source": "effort", "direction": "down", "scale_min": 0, "scale_max": 20},
]


def seed(features: int, people: int) -> None:
    """Print what the drill needs to know as JSON: addresses, tokens, keys of features, ids of criteria."""
    random.seed(4)
    admin = create_user(actor=None, email="admin@example.com", name="Ada Admin", role=Role.ADMIN, password=PASSWORD)
    product = create_product(actor=admin, key="PAY", name="Payments")
    makers = [_maker(admin, product, letter) for letter in string.ascii_lowercase[:people]]
    stage = Stage.objects.order_by("position").first() or create_stage(
        actor=None, slug="delivery", name="Delivery", position=1, status="in_progress"
    )
    model = create_model(actor=admin, name="Value", criteria=CRITERIA)
    rated = list(Criterion.objects.filter(model=model, kind="rated"))
    with act(admin):
        rows = insert_many([_feature(product, stage, number) for number in range(1, features + 1)], "roadmaps.feature_created")
        insert_many(
            [Rating(feature=f, criterion=c, rater=admin, value=random.randint(1, 5)) for f in rows for c in rated],
            "prioritization.feature_rated",
        )
        said = Rating.objects.values_list("feature_id", "criterion_id", "value")
        Consensus.objects.bulk_create([Consensus(feature_id=f, criterion_id=c, value=v, low=v, high=v) for f, c, v in said])
        product.last_number = features
        product.save(update_fields=["last_number"])
    print(
        json.dumps(
            {
                "emails": [maker.email for maker in makers],
                "tokens": [create_token(actor=maker, user=maker, name="drill", scopes=["read", "write"])[1] for maker in makers],
                "keys": [row.key for row in rows],
                "criteria": [criterion.pk for criterion in rated],
            }
        )
    )


def weigh(reach: int) -> None:
    """Another weight of one criterion: every score is due."""
    admin = User.objects.get(email="admin@example.com")
    change_model(actor=admin, model=ScoringModel.objects.get(), weights={"reach": Decimal(reach)})


def _maker(admin: User, product, letter: str) -> User:
    person = create_user(actor=admin, email=f"{letter}@example.com", name=f"{letter.upper()} Maker", role=Role.MAKER, password=PASSWORD)
    set_membership(actor=admin, product=product, user=person, level=Membership.Level.EDITOR)
    forget_rights(person)
    return person


def _feature(product, stage: Stage, number: int) -> Feature:
    effort = Decimal(random.randint(1, 20))
    return Feature(
        product=product, number=number, key=f"{product.key}-{number}", sort_key=first_key(number), title=f"Feature {number}",
        stage=stage, status="planned",        effort_low=effort, effort_likely=effort, effort_high=effort,
    )  # fmt: skip
