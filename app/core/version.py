"""The version of Spikecast."""

__version__ = "0.1.0"
