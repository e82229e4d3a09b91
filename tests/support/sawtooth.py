"""An additional value type for tests, with a setting that has no column in the database."""

from app.values import Generator, ValueTypeSpec
from app.values.settings import integer


def _rise(params, _rng, now):
    return [int(now.timestamp()) % period for (period,) in params]


SAWTOOTH = ValueTypeSpec(
    name="SAWTOOTH",
    label="Sawtooth",
    description="Rises by 1 a second, and starts at 0 again after each period.",
    rule="sawtooth of {period_seconds}",
    settings=(
        integer(
            "period_seconds",
            "Period",
            "Seconds from one zero to the next.",
            unit="second",
            minimum=1,
            maximum=86_400,
            is_scaled=True,
        ),
    ),
    generator=lambda settings: Generator(_rise, (settings["period_seconds"],)),
    bounds=lambda settings: (0, settings["period_seconds"] - 1),
)
