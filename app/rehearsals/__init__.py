"""Rehearsals: what a spike is expected to cause, the alerts that arrive, and the verdict."""
