"""Soak test: counters and windows must stay correct while processes are killed. See docs/development.md."""
