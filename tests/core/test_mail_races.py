"""Several workers at once, as processes of their own: each line of news, and each period of a view, is in one mail."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.installation import Installation, installation
from tests.services.postgres import postgres

WORKERS, THINGS = 4, 40
SEED = f"""
from datetime import timedelta
from core import clock, consumers, services
from core.models import Notification, ViewSubscription
from roadmaps import services as roadmaps
from tests.factories.roadmaps import make_stages
make_stages()
maker = services.create_user(actor=None, email="maker@example.com", name="Maker", role="admin", password="a long enough password")
reader = services.create_user(actor=None, email="reader@example.com", name="Reader", role="maker", password="a long enough password")
product = services.create_product(actor=maker, key="OWN", name="Own")
services.choose_news(actor=reader, chosen={{"comment": (True, "now")}})
for number in range({THINGS}):
    feature = roadmaps.create_feature(actor=maker, product=product, title=f"Thing {{number}}")
    view = services.save_view(actor=maker, page="features", name=f"View {{number}}", is_shared=True)
    services.set_following(actor=reader, subject=feature, is_following=True)
    services.subscribe_to_view(actor=reader, view=view, cadence="daily")
    services.add_comment(actor=maker, subject=feature, text="Look")
    roadmaps.change_feature(actor=maker, feature=feature, title=f"Thing {{number}} again")
consumers.follow_events()
past = clock.now() - timedelta(minutes=1)
Notification.objects.filter(mail="now").update(mail_due_at=past)
ViewSubscription.objects.update(due_at=past)
"""
WORK = """
import time
from core import services
time.sleep(max(0.0, {at} - time.time()))
begun = time.time()
print(services.collect_news(), services.collect_digests(), begun, time.time())
"""
COUNTS = """
from core.models import Delivery, ViewDigest
rows = Delivery.objects.filter(what="news")
print(rows.count(), rows.values("ref").distinct().count(), Delivery.objects.filter(what="view digest").count(), ViewDigest.objects.count())
"""


@pytest.fixture(params=["sqlite", "postgres"])
def waymark(request, tmp_path):
    """An installation in which much is due, on either engine."""
    if request.param == "sqlite":
        with installation(tmp_path) as found:
            yield found
    else:
        with postgres() as server, installation(tmp_path, database_url=server.url) as found:
            yield found


@pytest.mark.drill
def test_what_many_workers_find_due_at_once_is_mailed_once(waymark: Installation):
    waymark.python(SEED)
    work = WORK.format(at=time.time() + 8)
    with ThreadPoolExecutor(WORKERS) as pool:
        said = [answer.split() for answer in pool.map(waymark.python, [work] * WORKERS)]
    assert sum(int(news) for news, *_ in said) == sum(int(digests) for _, digests, *_ in said) == THINGS
    begun, ended = sorted(float(at) for *_, at, _ in said), sorted(float(at) for *_, at in said)
    assert begun[1] < ended[0], "At least two were at it at the same time."
    assert waymark.python(COUNTS).split() == [str(THINGS)] * 4
