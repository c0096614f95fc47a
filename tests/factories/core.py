"""Plain rows of core's models, without the events that services record."""

from datetime import date

import factory

from core.models import (
    ApiToken,
    CustomField,
    CustomValue,
    Membership,
    NewsChoice,
    PinnedView,
    Product,
    Role,
    SavedView,
    User,
    ViewDigest,
    ViewSubscription,
)

PASSWORD = "a long enough password"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.com")
    role = Role.CONTRIBUTOR


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    class Params:
        is_private = factory.Trait(visibility=Product.Visibility.PRIVATE)

    key = factory.Sequence(lambda n: f"P{n}")
    name = factory.Sequence(lambda n: f"Product {n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    product = factory.SubFactory(ProductFactory)
    level = Membership.Level.VIEWER


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A token whose text is `token.text`, as its owner saw it once."""

    class Meta:
        model = ApiToken

    user = factory.SubFactory(UserFactory)
    name = "A program"
    scopes = ("read", "write")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        key, secret = ApiToken.fresh_secret()
        kwargs["scopes"] = list(kwargs["scopes"])
        token = super()._create(model_class, *args, key=key, digest=ApiToken.digest_of(secret), **kwargs)
        token.text = f"pf_{key}.{secret}"
        return token


class SavedViewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    page = "features"
    name = factory.Sequence(lambda n: f"View {n}")


class PinnedViewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PinnedView

    user = factory.SubFactory(UserFactory)
    view = factory.SubFactory(SavedViewFactory)


class ViewSubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ViewSubscription

    user = factory.SubFactory(UserFactory)
    view = factory.SubFactory(SavedViewFactory)
    cadence = ViewSubscription.Cadence.DAILY


class ViewDigestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ViewDigest

    subscription = factory.SubFactory(ViewSubscriptionFactory)
    day = date(2026, 3, 2)
    since = 0
    until = 0


class NewsChoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NewsChoice

    user = factory.SubFactory(UserFactory)
    kind = "comment"


class CustomFieldFactory(factory.django.DjangoModelFactory):
    """A text on every feature."""

    class Meta:
        model = CustomField

    subject = "roadmaps.feature"
    key = factory.Sequence(lambda n: f"word{n}")
    label = factory.Sequence(lambda n: f"Field {n}")
    kind = CustomField.Kind.TEXT


class CustomValueFactory(factory.django.DjangoModelFactory):
    """A text that a row of the product holds."""

    class Meta:
        model = CustomValue

    field = factory.SubFactory(CustomFieldFactory)
    product = factory.SubFactory(ProductFactory)
    subject_id = factory.Sequence(lambda n: n + 1)
    text = "Some words"
