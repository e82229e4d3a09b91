"""A rehearsal as JUnit XML: a test case for each expectation.

A failure is a `<failure>`, what cannot be judged an `<error>`, what is not decided or was cancelled
`<skipped>`. The format is the one that Jenkins, GitLab and GitHub's actions read.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.rehearsals.verdict import FAILURES, INCONCLUSIVE, State

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FAILURES = {state.value for state in FAILURES}
_INCONCLUSIVE = {state.value for state in INCONCLUSIVE}


def render_junit(rehearsal: Mapping[str, Any]) -> str:
    """Return the XML of a rehearsal, which is given as the API returns it."""
    cases = [_expectation_case(rehearsal, each) for each in rehearsal["expectations"]]
    if rehearsal["fail_on_unexpected"]:
        cases.append(_unexpected_case(rehearsal))
    counts = {tag: sum(f"<{tag}" in case for case in cases) for tag in ("failure", "error", "skipped")}
    summary = {
        "tests": len(cases),
        "failures": counts["failure"],
        "errors": counts["error"],
        "skipped": counts["skipped"],
        "time": _seconds(max((each["delay"] or 0 for each in rehearsal["expectations"]), default=0)),
    }
    suite = {
        "name": f"{rehearsal['collection_name']}: {rehearsal['name']}",
        "id": rehearsal["id"],
        "timestamp": rehearsal["start_datetime"],
        **summary,
    }
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites{_attributes({'name': 'Spikecast', **summary})}>",
        f"<testsuite{_attributes(suite)}>",
        *_properties(rehearsal),
        *cases,
        *_system_out(rehearsal),
        "</testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _expectation_case(rehearsal: Mapping[str, Any], expectation: Mapping[str, Any]) -> str:
    state, says = expectation["state"], expectation["says"]
    name, time = expectation["expects"], expectation["delay"] or 0
    if state == State.MET.value:
        return _case(rehearsal, name, time, "")
    if state in _FAILURES:
        tag = "failure"
    elif state in _INCONCLUSIVE:
        tag = "error"
    else:
        return _case(rehearsal, name, time, f"<skipped{_attributes({'message': says})}/>")
    attributes = _attributes({"message": says, "type": state})
    return _case(rehearsal, name, time, f"<{tag}{attributes}>{_text(_details(expectation))}</{tag}>")


def _unexpected_case(rehearsal: Mapping[str, Any]) -> str:
    unexpected, name = rehearsal["unexpected"], "nothing else fires"
    if rehearsal["state"] == "cancelled":
        return _case(rehearsal, name, 0, "<skipped/>")
    if not unexpected:
        return _case(rehearsal, name, 0, "")
    message = f"{len(unexpected)} unexpected alert{'s' if len(unexpected) > 1 else ''} fired"
    listed = "\n".join(_episode_line(episode) for episode in unexpected)
    attributes = _attributes({"message": message, "type": "unexpected"})
    return _case(rehearsal, name, 0, f"<failure{attributes}>{_text(listed)}</failure>")


def _case(rehearsal: Mapping[str, Any], name: str, seconds: float, content: str) -> str:
    classname = f"{rehearsal['collection_name']}.{rehearsal['name']}"
    attributes = _attributes({"classname": classname, "name": name, "time": _seconds(seconds)})
    return f"<testcase{attributes}>{content}</testcase>"


def _details(expectation: Mapping[str, Any]) -> str:
    return "\n".join([expectation["says"], *map(_episode_line, expectation["episodes"])])


def _episode_line(episode: Mapping[str, Any]) -> str:
    labels = ", ".join(f"{label}={value}" for label, value in episode["labels"].items())
    resolved = episode["resolved_after"]
    ended = "not resolved" if resolved is None else f"resolved after {resolved} s"
    return f"fired after {episode['received_after']} s, {ended}: {labels}"


def _properties(rehearsal: Mapping[str, Any]) -> list[str]:
    names = ("state", "external_id", "start_datetime", "end_datetime", "settled_at")
    known = [(name, rehearsal[name]) for name in names if rehearsal[name] is not None]
    listed = [f"<property{_attributes({'name': name, 'value': value})}/>" for name, value in known]
    return ["<properties>", *listed, "</properties>"]


def _system_out(rehearsal: Mapping[str, Any]) -> list[str]:
    lines = [f"Warning: {warning}" for warning in rehearsal["warnings"]]
    if not rehearsal["fail_on_unexpected"]:
        lines += [f"Unexpected: {_episode_line(episode)}" for episode in rehearsal["unexpected"]]
    return [f"<system-out>{_text(chr(10).join(lines))}</system-out>"] if lines else []


def _attributes(values: Mapping[str, object]) -> str:
    """Return attributes; a line break or tab becomes a reference, which parsers do not turn into a space."""
    breaks = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return "".join(f" {name}={quoteattr(_valid(str(value)), breaks)}" for name, value in values.items())


def _text(text: str) -> str:
    return escape(_valid(text), {"\r": "&#13;"})


def _valid(text: str) -> str:
    """Replace the characters that XML 1.0 cannot hold, such as most control characters."""
    return _NOT_XML.sub("\ufffd", text)


def _seconds(seconds: float) -> str:
    return f"{max(seconds, 0):.3f}"
