"""How fast Spikecast is: measurements that are made in the same way each time. See docs/performance.md."""
