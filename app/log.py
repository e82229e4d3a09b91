"""How Spikecast's log looks: one line each, as gunicorn's own; the audit log's lines are JSON alone."""

import logging

FORM = "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s"
AUDIT = "app.audit"


class Lines(logging.Formatter):
    """gunicorn's form, but for lines that programs read."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        return record.getMessage() if record.name == AUDIT else super().format(record)


def configure() -> None:
    """Write to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(FORM, "%Y-%m-%d %H:%M:%S %z"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
