"""A foreign web site, on the same host with another port."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

BLANK = "<!doctype html><title>Win a prize</title>"


class OtherSite:
    """A web site that serves the current value of `html`."""

    def __init__(self) -> None:
        self.html = BLANK
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = site.html.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.origin}/"
        Thread(target=self.server.serve_forever, daemon=True).start()


@contextmanager
def other_site() -> Iterator[OtherSite]:
    """Run such a site until the context ends."""
    site = OtherSite()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
