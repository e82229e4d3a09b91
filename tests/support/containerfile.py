"""The shipped Containerfile, replayed without a container engine: what it copies, and how it starts."""

import fnmatch
import json
import os
import re
import shutil
import sys
from pathlib import Path

from tests.support.server import REPOSITORY


class Stage:
    """The last stage of the Containerfile, with its instructions in order."""

    def __init__(self) -> None:
        text = re.sub(r"^#.*\n", "", (REPOSITORY / "Containerfile").read_text(), flags=re.MULTILINE)
        text = re.sub(r"\\\n\s*", "", text).split("\nFROM ")[-1]
        self._said = [tuple(line.split(None, 1)) for line in text.splitlines()[1:] if line]

    def all(self, instruction: str) -> list[str]:
        return [rest for word, rest in self._said if word == instruction]

    def one(self, instruction: str) -> str:
        (rest,) = self.all(instruction)
        return rest

    def command(self, instruction: str) -> list[str]:
        """Return a command in exec form, which runs without a shell."""
        arguments: list[str] = json.loads(re.sub(r"^.*?(?=\[)", "", self.one(instruction)))
        return arguments

    def environment(self, image: Path) -> dict[str, str]:
        """Return the stage's ENV, for an image that is unpacked in this folder."""
        variables = dict(pair.split("=", 1) for line in self.all("ENV") for pair in line.split())
        variables["PATH"] = variables["PATH"].replace("$PATH", os.environ["PATH"])
        own = (self.one("WORKDIR"), *self.command("VOLUME"))
        return {name: re.sub("|".join(own), rf"{image}\g<0>", text) for name, text in variables.items()}

    def copy(self, image: Path) -> Path:
        """Replay the COPY instructions into this folder, with the installed packages; return the WORKDIR."""
        folder = image / self.one("WORKDIR").lstrip("/")
        folder.mkdir(parents=True)
        assert self.all("COPY") == ["--from=packages /opt/spikecast/.venv .venv", ". ."]
        (folder / ".venv").symlink_to(sys.prefix)
        for path in list_included_files(REPOSITORY):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / path, folder / path)
        return folder


def list_included_files(source: Path) -> list[Path]:
    """Return the files in `source` that .dockerignore includes: the last matching pattern decides."""
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    copied = []
    for folder, folders, files in os.walk(source):
        here = Path(folder).relative_to(source)
        # Excluded files must not be in an image; excluded folders are not searched at all.
        folders[:] = [name for name in folders if _is_in(here / name, patterns)]
        copied += [here / name for name in files if _is_in(here / name, patterns)]
    return copied


def _is_in(path: Path, patterns: list[str]) -> bool:
    is_in = True
    for pattern in patterns:
        bare = pattern.removeprefix("!")
        names = [str(each) for each in (path, *path.parents)]
        anywhere = bare.removeprefix("**/")
        if any(fnmatch.fnmatch(name, bare) for name in names) or (
            anywhere != bare and anywhere in path.parts
        ):
            is_in = pattern.startswith("!")
    return is_in
