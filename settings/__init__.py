"""How single settings are read and checked, for `config`. Imports nothing else of Spikecast."""
