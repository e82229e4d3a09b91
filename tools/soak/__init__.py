"""Whether counters and windows stay right while everything is killed. See docs/development.md."""
