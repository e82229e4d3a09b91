"""Requests and summary of the benchmark of a large installation."""

from tools.bench import scale, scale_routes

ROUTE_ARGUMENTS = scale_routes.RouteArguments(
    collection_id=1, field_id=2, spike_id=3, rehearsal_id=7, key_id=4, user_id=5, receiver_id=6
)


def get_paths(app) -> list[str]:
    return [request.path for request in scale_routes.build_requests(app, ROUTE_ARGUMENTS)]


def test_every_readable_route_is_measured(migrated_app):
    measured = {request.rule for request in scale_routes.build_requests(migrated_app, ROUTE_ARGUMENTS)}
    assert set(scale_routes.rules(migrated_app)) <= measured


def test_a_list_is_measured_by_sort_order_and_by_status(migrated_app):
    paths = get_paths(migrated_app)
    assert "/api/spike-schedules?sort=-standing" in paths
    assert "/api/spike-schedules?status=expired" in paths
    assert "/api/collections?sort=last_polled_at" in paths


def test_pages_and_api_routes_have_different_goals(migrated_app):
    goals = {
        request.path: request.most_ms
        for request in scale_routes.build_requests(migrated_app, ROUTE_ARGUMENTS)
    }
    assert (goals["/spikes"], goals["/api/collections/1"]) == (150, 50)


def test_the_summary_counts_goals_missed_by_the_median_and_by_the_best_time():
    lists = scale_routes.Request("/api/collections", "/api/collections", 50)
    times = [[10.0, 20.0, 90.0], [40.0, 60.0, 70.0], [50.0, 60.0, 70.0]]
    found = [("sqlite", "Admin", scale.Timing(lists, 4, ms)) for ms in times]
    assert scale.summary(found) == "3 requests; 2 missed their goal by the median, 1 by the best time."
