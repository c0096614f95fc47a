"""Which features wait for one's rating, on Home and in the ranked list."""

from django.urls import reverse

from prioritization import services
from prioritization.ranking import waiting_for
from tests.factories.roadmaps import FeatureFactory


def test_a_feature_waits_until_every_criterion_people_rate_has_ones_rating(cast, model, criteria):
    feature = FeatureFactory(product=cast.own)
    assert list(waiting_for(cast.maker, None)) == [feature]
    services.rate(actor=cast.maker, feature=feature, criterion=criteria["fit"], value=3)
    assert list(waiting_for(cast.maker, None)) == [feature]
    services.rate(actor=cast.maker, feature=feature, criterion=criteria["value"], value=4)
    assert list(waiting_for(cast.maker, None)) == []


def test_nobody_is_asked_about_a_product_they_do_not_edit(cast, model):
    FeatureFactory(product=cast.own)
    assert list(waiting_for(cast.other_maker, None)) == []
    assert list(waiting_for(cast.maker, cast.foreign)) == []


def test_the_products_own_model_asks_in_place_of_the_portfolios(cast, model, criteria):
    feature = FeatureFactory(product=cast.own)
    for criterion in ("fit", "value"):
        services.rate(actor=cast.maker, feature=feature, criterion=criteria[criterion], value=3)
    services.create_model(actor=cast.maker, name="Own", product=cast.own, criteria=[{"key": "reach", "name": "Reach"}])
    assert list(waiting_for(cast.maker, None)) == [feature]


def test_home_opens_the_list_of_what_waits(cast, client, model):
    FeatureFactory(product=cast.own, title="Unrated canary")
    FeatureFactory(product=cast.foreign, title="Not mine")
    client.force_login(cast.maker)
    home = client.get("/").content.decode()
    assert f"{reverse('priorities')}?waiting=on" in home
    assert "Unrated canary" in home
    page = client.get(reverse("priorities"), {"waiting": "on"}).content.decode()
    assert "Unrated canary" in page
    assert "Not mine" not in page
