"""What raters say together."""

from decimal import Decimal

import pytest

from prioritization.consensus import agree, outliers, spread


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ("mean", [1, 2, 6], "3"),
        ("median", [1, 2, 6], "2"),
        ("median", [1, 2, 3, 6], "2.5"),
        ("trimmed", [1, 4, 4, 5, 5, 5, 4, 40], "4.5"),
        ("trimmed", [1, 3], "2"),
        ("mean", [1, 1, 2], "1.3333"),
    ],
)
def test_raters_agree_by_the_rule_of_the_criterion(rule, values, expected):
    assert agree(rule, [Decimal(v) for v in values]) == Decimal(expected)


def test_one_far_voice_is_an_outlier_and_widens_the_spread():
    values = [Decimal(v) for v in (3, 3, 4, 4, 3, 40)]
    assert outliers(values) == [5]
    assert spread(values) > 10
    assert spread([Decimal(3)]) == 0
