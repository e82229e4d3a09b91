"""Run Datadog's own check of an OpenMetrics endpoint twice, and print what it submits as JSON.

Usage: datadog_check.py URL KEY default|latest. It runs in `.venv-datadog`; the last argument says whether
`use_latest_spec` is on, which makes the check ask for OpenMetrics alone.
"""

import json
import sys

from datadog_checks.base import OpenMetricsBaseCheckV2
from datadog_checks.base.stubs import aggregator


def main() -> None:
    url, key, spec = sys.argv[1:]
    instance = {
        "openmetrics_endpoint": url,
        "metrics": [".+"],
        "namespace": "spikecast",
        "extra_headers": {"X-API-Key": key},
        "use_latest_spec": spec == "latest",
    }
    check = OpenMetricsBaseCheckV2("spikecast", {}, [instance])
    for _ in range(2):
        error = check.run()
        if error:
            sys.exit(error)
    values = {name: [each.value for each in aggregator.metrics(name)] for name in aggregator.metric_names}
    print(json.dumps(values))


main()
