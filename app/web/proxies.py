"""What reverse proxies say of a request, and the path below which Spikecast is served.

Proxies count where SPIKECAST_TRUSTED_PROXIES says so, and nowhere else: gunicorn itself believes none.
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
    """Have requests told as their clients made them. Costs nothing where there is no proxy and no prefix."""
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
    """Return a WSGI app that is served below a path: the one that a trusted proxy names, or else `prefix`.

    A proxy may take the path away or leave it there. What is neither a scheme of HTTP nor a path that is safe
    in an address is ignored: a proxy that lets such headers through lets its clients write them.
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
