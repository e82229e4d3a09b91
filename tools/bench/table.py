"""Tables for a terminal and for Markdown."""

from collections.abc import Sequence

NUMERIC = set("0123456789.,–×%-+ msMiB")


def plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Format a table with aligned columns for a terminal."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(_aligned(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Format a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _aligned(cell: str, width: int) -> str:
    return cell.rjust(width) if cell and set(cell) <= NUMERIC else cell.ljust(width)
