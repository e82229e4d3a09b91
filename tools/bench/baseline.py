"""The baseline: a Flask app whose routes only return bytes that are in memory.

Each file `<name>.json` in the folder BENCH_BODIES is served at `/<name>`.
"""

import os
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__, static_folder=None)


def _answer(body: bytes) -> Callable[[], Response]:
    def answer() -> Response:
        return Response(body, content_type="application/json")

    return answer


app.add_url_rule("/api/health", "health", _answer(b"{}"))
for _file in Path(os.environ["BENCH_BODIES"]).glob("*.json"):
    app.add_url_rule(f"/{_file.stem}", _file.stem, _answer(_file.read_bytes()))
