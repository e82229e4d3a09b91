"""What the measurement of a large installation asks for."""

from tools.bench import scale, scale_routes

THINGS = scale_routes.RouteArguments(collection_id=1, field_id=2, spike_id=3, key_id=4, user_id=5)


def asked(app) -> list[str]:
    return [ask.path for ask in scale_routes.build_requests(app, THINGS)]


def test_every_route_that_can_be_looked_at_is_asked_for(migrated_app):
    measured = {ask.rule for ask in scale_routes.build_requests(migrated_app, THINGS)}
    assert set(scale_routes.rules(migrated_app)) <= measured


def test_a_list_is_asked_for_in_every_order_and_status_that_it_has(migrated_app):
    paths = asked(migrated_app)
    assert "/api/spike-schedules?sort=-standing" in paths
    assert "/api/spike-schedules?status=expired" in paths
    assert "/api/collections?sort=last_polled_at" in paths


def test_pages_and_lists_have_goals_of_their_own(migrated_app):
    goals = {ask.path: ask.most_ms for ask in scale_routes.build_requests(migrated_app, THINGS)}
    assert (goals["/spikes"], goals["/api/collections/1"]) == (150, 50)


def test_it_ends_with_how_many_missed_usually_and_always():
    lists = scale_routes.Request("/api/collections", "/api/collections", 50)
    times = [[10.0, 20.0, 90.0], [40.0, 60.0, 70.0], [50.0, 60.0, 70.0]]
    found = [("sqlite", "Admin", scale.Timing(lists, 4, ms)) for ms in times]
    assert scale.summary(found) == "3 requests; 2 missed their goal by the median, 1 by the best time."
