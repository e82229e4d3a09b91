"""Fuzzing: send a corpus of hostile values to every input of every route, and check the responses."""
