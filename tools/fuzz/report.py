"""What a run sent and found, for people."""

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
"""Findings; of more, it is told how many they are."""


@dataclass
class Report:
    """A run on one database: what was used of how much there is, and how long it took."""

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
            *(f"{self.told(finding)}\n" for finding in tally.findings[:MAX_SHOWN]),
        ]
        if len(tally.findings) > MAX_SHOWN:
            lines.append(f"… and {len(tally.findings) - MAX_SHOWN:,} more.")
        lines.append(f"{len(tally.findings):,} faults found." if tally.findings else "Nothing found.")
        return "\n".join(lines)

    def table(self) -> str:
        """Cases by part and kind of answer."""
        classes = sorted({kind for _part, kind in self.tally.answers})
        rows = {part: self._counts(places, classes) for part, places in PARTS.items()}
        rows["all"] = self._counts(tuple(Place), classes)
        return plain(
            ["part", "cases", *classes],
            [[part, *(f"{number:,}" for number in counts)] for part, counts in rows.items()],
        )

    def _counts(self, places: tuple[Place, ...], classes: list[str]) -> list[int]:
        found: Counter[str] = Counter()
        for (place, kind), number in self.tally.answers.items():
            if place in places:
                found[kind] += number
        return [found.total(), *(found[kind] for kind in classes)]

    def told(self, finding: Finding) -> str:
        """A finding, with the command that sends its case again."""
        again = shlex.join(["--database", self.database, "--case", finding.case])
        return f"{finding}\n  again: .venv/bin/python -m tools.fuzz {again}"
