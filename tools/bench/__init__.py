"""Benchmarks of Spikecast, with a fixed method so that results are comparable. See docs/performance.md."""
