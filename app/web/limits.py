"""How large a request body may be."""

from io import BytesIO
from typing import IO

import flask
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import cached_property

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Size of any body."""
MAX_CREDENTIALS_BYTES = 16 * 1024
"""Size of a body where no sign-in is required, and wherever passwords and codes are sent."""
MAX_DRAINED_BYTES = 2 * MAX_BODY_BYTES
"""How much of a body that was refused unread is still taken off the wire, so that the answer arrives."""
CREDENTIALS_PATH = "/api/auth/"


class Request(flask.Request):
    """A request whose body never exceeds `max_content_length`, even with an undeclared length.

    Werkzeug cuts a chunked body at the limit and passes on the rest; here it is refused.
    """

    @cached_property
    def stream(self) -> IO[bytes]:
        """Return the body.

        Raises:
            RequestEntityTooLarge: It exceeds the limit.
        """
        limit = self.max_content_length
        is_chunked = self.content_length is None and "wsgi.input_terminated" in self.environ
        if limit is None or not is_chunked:
            return super().stream
        body = self.environ["wsgi.input"].read(limit + 1)
        if len(body) > limit:
            raise RequestEntityTooLarge
        return BytesIO(body)
