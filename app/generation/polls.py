"""Give an app what answers its polls."""

from flask import Flask

from app.generation.fastpath import PollDatabase
from app.generation.plan_cache import PlanCache
from app.generation.reference_polls import ReferencePolls
from app.generation.service import FastPolls


def init_app(app: Flask) -> None:
    """Answer the polls of this app the fast way, or with SPIKECAST_FAST_POLLS=0 by the plain reference.

    Nothing is opened before it is needed.
    """
    if not app.config["FAST_POLLS"]:
        app.extensions["polls"] = ReferencePolls(app)
        return
    plans = PlanCache(app, app.config["CACHED_FIELDS"])
    app.extensions["polls"] = FastPolls(PollDatabase(app), plans, app.app_context)
