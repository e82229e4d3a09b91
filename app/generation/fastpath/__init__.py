"""The fast way of a poll through the database. Made by `app.generation.polls`, used by `service` alone.

Plain SQL on a driver connection of each thread replaces a session, because a session costs several times
what the statements of a poll cost. `app.generation.reference_polls` says in plain code what it has to do.
"""

from app.generation.fastpath.poll_database import PollDatabase

__all__ = ["PollDatabase"]
