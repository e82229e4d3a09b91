"""What reverse proxies say about a request, and the path below which Spikecast is served.

Proxies are trusted only as SPIKECAST_TRUSTED_PROXIES says; gunicorn itself trusts none.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from settings.values import OWN_PATHS, PATH

Environ = dict[str, Any]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask, settings: config.Settings) -> None:
    """Apply the headers of trusted proxies, and the path prefix, to each request."""
    trusted = settings.trusted_proxies
    if not trusted and not settings.url_prefix:
        return
    below = with_prefix(app.wsgi_app, settings.url_prefix)
    if not trusted:
        app.wsgi_app = below  # type: ignore[method-assign, assignment]
        return
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        below, x_for=trusted, x_proto=trusted, x_host=trusted, x_port=trusted, x_prefix=trusted
    )


def with_prefix(wsgi_app: WSGI, prefix: str) -> WSGI:
    """Return a WSGI app served below a path: the one a trusted proxy names, or else `prefix`.

    The proxy may strip the path or keep it. Schemes other than HTTP(S) and unsafe paths are ignored: a proxy
    that passes such headers on lets clients set them.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        scheme = environ["wsgi.url_scheme"].lower()
        environ["wsgi.url_scheme"] = scheme if scheme in {"http", "https"} else "http"
        named = environ.get("SCRIPT_NAME", "").rstrip("/")
        root = named if named and PATH.fullmatch(named) else prefix
        environ["SCRIPT_NAME"] = root
        path = environ["PATH_INFO"]
        if root and f"{path}/".startswith(f"{root}/") and root.split("/")[1] not in OWN_PATHS:
            environ["PATH_INFO"] = path[len(root) :] or "/"
        return wsgi_app(environ, start_response)

    return answer
