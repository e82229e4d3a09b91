"""Settings of property-based tests that talk to the app."""

from hypothesis import HealthCheck, settings

# The app's fixtures are created once for all examples, so each example creates its own resources.
talks_to_the_app = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
