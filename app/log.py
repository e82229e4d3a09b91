"""How Spikecast's log looks: one line each, as gunicorn's own."""

import logging

FORM = "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s"


def configure() -> None:
    """Write to standard error in gunicorn's form."""
    logging.basicConfig(level=logging.INFO, format=FORM, datefmt="%Y-%m-%d %H:%M:%S %z")
    logging.getLogger("alembic").setLevel(logging.WARNING)
