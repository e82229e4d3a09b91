"""A rehearsal as Markdown, for a ticket or a pull request."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.rehearsals.sentences import format_duration

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$]|:(?=//)|(?<=www)\.")
_AT_THE_START = re.compile(r"^([-+=]|[0-9]{1,9}(?=[.)]))")
_REFERENCES = re.compile("[@#]")
_BREAKS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_WORD_JOINER = "\u2060"


def render_markdown(rehearsal: Mapping[str, Any]) -> str:
    """Return the report of a rehearsal, which is given as the API returns it."""
    blocks = [
        f"# {escape(rehearsal['name'])}: {rehearsal['state']}",
        _facts(rehearsal),
        *_section("Expectations", [_expectation(each) for each in rehearsal["expectations"]]),
        *_section("Unexpected alerts", [_episode(each) for each in rehearsal["unexpected"]]),
        *_section("Polls", [_poller(each) for each in rehearsal["polls"]]),
        *_section("Warnings", [escape(warning) for warning in rehearsal["warnings"]]),
    ]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no link, heading, HTML, table or list.

    GitHub and GitLab look for mentions (`@name`) and issues (`#1`) after Markdown has been rendered, so
    that a backslash does not help: an invisible character keeps these apart.
    """
    line = _SPECIAL.sub(r"\\\g<0>", _BREAKS.sub(" ", text).strip())
    line = _REFERENCES.sub(lambda found: f"\\{found[0]}{_WORD_JOINER}", line)
    return _AT_THE_START.sub(_escape_start, line)


def _escape_start(found: re.Match[str]) -> str:
    """Keep a dash from beginning a list, and a number, whose point follows, as well."""
    start = found[0]
    return f"{start}{_WORD_JOINER}" if start.isdigit() else f"\\{start}"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {line}" for line in lines)] if lines else []


def _facts(rehearsal: Mapping[str, Any]) -> str:
    rows = [
        ("Collection", escape(rehearsal["collection_name"])),
        ("Window", f"{rehearsal['start_datetime']} to {rehearsal['end_datetime']}"),
        ("Run", escape(rehearsal["external_id"]) if rehearsal["external_id"] else None),
        ("Decided", rehearsal["settled_at"]),
        ("Delay", None if rehearsal["delay"] is None else format_duration(rehearsal["delay"])),
        ("False alarms", str(rehearsal["false_alarms"])),
    ]
    lines = [f"| {name} | {value} |" for name, value in rows if value is not None]
    return "\n".join(["| | |", "| --- | --- |", *lines])


def _expectation(expectation: Mapping[str, Any]) -> str:
    state = expectation["state"] or "not judged"
    line = f"**{state}**: {escape(expectation['expects'])}; {escape(expectation['says'])}"
    split = expectation["split"]
    if split:
        parts = [f"{part} {format_duration(seconds)}" for part, seconds in split.items()]
        line += f" ({escape(', '.join(parts))})"
    return line


def _episode(episode: Mapping[str, Any]) -> str:
    labels = ", ".join(f"{label}={value}" for label, value in episode["labels"].items())
    resolved = episode["resolved_after"]
    ended = "not resolved" if resolved is None else f"resolved after {format_duration(resolved)}"
    return escape(f"{labels}: fired after {format_duration(episode['received_after'])}, {ended}")


def _poller(poller: Mapping[str, Any]) -> str:
    label = poller["label"] or "an API key"
    first = poller["first_after"]
    since = "" if first is None else f", first {format_duration(first)} after the start"
    return escape(f"{label}: {poller['polls']} polls{since}")
