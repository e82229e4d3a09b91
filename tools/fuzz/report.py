"""The report of a run, for people."""

import shlex
from collections import Counter
from dataclasses import dataclass

from tools.bench.table import plain
from tools.fuzz.inputs import Place
from tools.fuzz.runner import Finding, Tally

PARTS = {
    "bodies": (Place.BODY,),
    "keys of bodies": (Place.KEY,),
    "queries": (Place.QUERY, Place.PARAMETER),
    "paths": (Place.PATH,),
    "forms": (Place.FORM,),
    "headers": (Place.HEADER,),
}
MAX_SHOWN = 50
"""The maximum number of findings in the report; the rest are only counted."""


@dataclass
class Report:
    """The report of a run on one database: how many of all cases were sent, and how long it took."""

    database: str
    server: str
    seed: int
    values: str
    inputs: str
    seconds: float
    tally: Tally

    def __str__(self) -> str:
        tally, minutes = self.tally, f"{int(self.seconds) // 60}:{int(self.seconds) % 60:02} min"
        cases = "1 case" if tally.cases == 1 else f"{tally.cases:,} cases"
        each = f"{self.seconds / max(1, tally.cases) * 1000:.1f} ms each"
        lines = [
            f"on {self.server}, seed {self.seed}",
            f"{cases} in {minutes}, {each}; {self.values} values, {self.inputs} inputs",
            "",
            self.table(),
            "",
            *(f"{self.format_finding(finding)}\n" for finding in tally.findings[:MAX_SHOWN]),
        ]
        if len(tally.findings) > MAX_SHOWN:
            lines.append(f"… and {len(tally.findings) - MAX_SHOWN:,} more.")
        lines.append(f"{len(tally.findings):,} faults found." if tally.findings else "Nothing found.")
        return "\n".join(lines)

    def table(self) -> str:
        """Return a table of the cases by part and status class."""
        classes = sorted({kind for _part, kind in self.tally.answers})
        rows = {part: self._counts(places, classes) for part, places in PARTS.items()}
        rows["all"] = self._counts(tuple(Place), classes)
        return plain(
            ["part", "cases", *classes],
            [[part, *(f"{number:,}" for number in counts)] for part, counts in rows.items()],
        )

    def _counts(self, places: tuple[Place, ...], classes: list[str]) -> list[int]:
        counts: Counter[str] = Counter()
        for (place, kind), number in self.tally.answers.items():
            if place in places:
                counts[kind] += number
        return [counts.total(), *(counts[kind] for kind in classes)]

    def format_finding(self, finding: Finding) -> str:
        """Format a finding, with the command that sends its case again."""
        again = shlex.join(["--database", self.database, "--case", finding.case])
        return f"{finding}\n  again: .venv/bin/python -m tools.fuzz {again}"
