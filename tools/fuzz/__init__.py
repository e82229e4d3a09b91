"""Hostile input: a corpus of values in every input of every route, and a judge of the answers."""
