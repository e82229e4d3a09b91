"""The error of all settings."""

PREFIX = "SPIKECAST_"


class BadSetting(Exception):
    """A setting that cannot work.

    The message is a sentence that begins with the variable's full name and says what would work. It never
    contains a secret.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{PREFIX}{name} {problem}")
