"""Style sheets and scripts, served minified and with their imports inlined.

Files in static/ stay as written; third-party files (static/vendor) are served as they are.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import rcssmin
import rjsmin
from flask import Flask, Response, current_app, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from app.web import value_types_script

MIMETYPES = {".css": "text/css", ".js": "text/javascript"}
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
DESCENDANT_PSEUDO_CLASS = re.compile(r"(?<=[\w)\]*]) (?=:[a-z])")
IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\((\w+)\))?;')

# A file, and when it was changed: what was made of it holds until then.
FileVersion = tuple[Path, int]


class Asset(NamedTuple):
    """The body of a static file as it is served, and its digest."""

    body: bytes
    digest: str


def init_app(app: Flask) -> None:
    """Serve static/, and give templates the URLs of its files."""
    app.view_functions["static"] = send_asset
    app.jinja_env.globals["asset"] = asset_url


def asset_url(path: str) -> str:
    """Return the URL of a static file, which includes its digest, so that it may be cached for ever."""
    if path == value_types_script.PATH:
        return url_for("static", filename=path, v=value_types_script.get_script().digest)
    file = Path(_static_folder(), path)
    digest = _minify(_file_versions(file)).digest if _is_minified(file) else _digest(_file_version(file))
    return url_for("static", filename=path, v=digest)


def send_asset(filename: str) -> Response:
    """Return a file of static/; cacheable for ever if the URL has its digest.

    Other versions must be revalidated: during an upgrade, nodes have different ones.

    Raises:
        NotFound: There is no such file.
    """
    if filename == value_types_script.PATH:
        return _send_script(*value_types_script.get_script(), MIMETYPES[".js"])
    path = safe_join(_static_folder(), filename)
    if path is None or not _is_file(file := Path(path)):
        raise NotFound
    if _is_minified(file):
        return _send_script(*_minify(_file_versions(file)), MIMETYPES[file.suffix])
    return _set_cache_control(current_app.send_static_file(filename), _digest(_file_version(file)))


def _send_script(body: bytes, digest: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.set_etag(digest)
    response.make_conditional(request)
    return _set_cache_control(response, digest)


def _set_cache_control(response: Response, digest: str) -> Response:
    is_asked_for = request.args.getlist("v") == [digest] and response.status_code in {200, 304}
    response.headers["Cache-Control"] = IMMUTABLE if is_asked_for else REVALIDATE
    return response


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a name longer than the file system takes
        return False


def _static_folder() -> str:
    assert current_app.static_folder is not None
    return current_app.static_folder


def _is_minified(file: Path) -> bool:
    return file.suffix in MIMETYPES and "vendor" not in file.relative_to(_static_folder()).parts


def _file_version(file: Path) -> FileVersion:
    return file, file.stat().st_mtime_ns


def _file_versions(file: Path) -> tuple[FileVersion, ...]:
    """Return the versions of the file and of the style sheets that it imports."""
    part = _file_version(file)
    return part, *map(_file_version, _get_imports(part))


@lru_cache(maxsize=256)
def _get_imports(part: FileVersion) -> tuple[Path, ...]:
    file, _changed = part
    if file.suffix != ".css":
        return ()
    return tuple(file.parent / address for address, _layer in IMPORT.findall(file.read_text("utf-8")))


@lru_cache(maxsize=256)
def _digest(part: FileVersion) -> str:
    return hashlib.sha256(part[0].read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _minify(parts: tuple[FileVersion, ...]) -> Asset:
    file = parts[0][0]
    text = file.read_text("utf-8")
    small = _minify_css(_inline_imports(file.parent, text)) if file.suffix == ".css" else rjsmin.jsmin(text)
    body = small.encode()
    return Asset(body, hashlib.sha256(body).hexdigest()[:12])


def _minify_css(text: str) -> str:
    # In a block, rcssmin takes `.a :is(b)` for a declaration, and drops the space before the colon.
    small: str = rcssmin.cssmin(DESCENDANT_PSEUDO_CLASS.sub(" *", text))
    return small


def _inline_imports(folder: Path, text: str) -> str:
    """Return the style sheet with its imports inlined."""

    def imported(match: re.Match[str]) -> str:
        address, layer = match.groups()
        sheet = (folder / address).read_text("utf-8")
        return f"@layer {layer} {{\n{sheet}\n}}" if layer else sheet

    return IMPORT.sub(imported, text)
