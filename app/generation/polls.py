"""Give an app what answers its polls."""

from flask import Flask

from app.generation.fastpath import PollDatabase
from app.generation.plan_cache import PlanCache
from app.generation.service import FastPolls


def init_app(app: Flask) -> None:
    """Set up the caches and connections of polls; nothing is opened before it is needed."""
    plans = PlanCache(app, app.config["CACHED_FIELDS"])
    app.extensions["polls"] = FastPolls(PollDatabase(app), plans, app.app_context)
