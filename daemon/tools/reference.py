"""The reference of all parameters, made from the table: `python -m daemon.tools.reference > configs/reference.md`."""

from daemon.tools import makers
from dsp.parameters import axis, scales, variant
from dsp.parameters.row import Param
from dsp.table import TABLE, absent

HEADER = """# Parameters

Made from the table by `python -m daemon.tools.reference`; do not edit. A name in braces stands for each of
its labels. What is sent over OSC as a float is a position from 0 to 1 on the range; text lines and
scene files hold the values themselves. Made by are the functions in `dsp/` that read the row, and those of the
processors that make of it what the audio thread gets; where there are none it is not about sound, or the
daemon's own business.
"""
MOST_CHOICES = 16
REASONS = absent.reasons(TABLE)


def text() -> str:
    """Make the whole page, in Markdown."""
    lines = [HEADER, "## Labels", "", "| name | labels |", "|---|---|"]
    lines += [f"| `{{{name}}}` | {_labels(axis.LABELS[name])} |" for name in _used_axes()]
    section, made = None, makers.of_rows()
    for path, row in TABLE.rows.items():
        root = path.split("/")[0]
        if root != section:
            section = root
            head = "| address | range | default | what it does | made by |"
            lines += ["", f"## {root}", "", head, "|---|---|---|---|---|"]
        made_by = ", ".join(f"`{name}`" for name in made.get(path, ()))
        lines.append(f"| `/{path}` | {_range(row)} | {_default(row)} | {_cell(_help(row))} | {made_by} |")
    return "\n".join(lines) + "\n"


def _used_axes() -> list[str]:
    return list(dict.fromkeys(name for row in TABLE.rows.values() for name in row.axes))


def _labels(labels: tuple[str, ...]) -> str:
    if len(labels) <= MOST_CHOICES:
        return ", ".join(labels)
    return f"{labels[0]}, {labels[1]} … {labels[-1]}"


def _help(row: Param) -> str:
    """What a row does, and why it, or some of it, does nothing here."""
    found = [REASONS.get(leaf, "") for leaf in range(row.offset, row.offset + row.size)]
    words = [row.help]
    for reason in dict.fromkeys(reason for reason in found if reason):
        words.append(reason if all(found) else f"Not everywhere: {reason}")
    return " ".join(words)


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _range(row: Param) -> str:
    if isinstance(row, variant.Varying):
        return "as the effect has it"
    if row.choices:
        shown = " ".join(f"`{choice}`" for choice in row.choices[:MOST_CHOICES])
        return shown + (f" … {len(row.choices)} in all" if len(row.choices) > MOST_CHOICES else "")
    if row.kind == "text":
        return "text"
    low = "−∞" if row.lowest == scales.SILENT else f"{row.lowest:g}"
    high = f"{row.highest:g}"
    return f"{low} … {high} {row.unit}".strip() + (f", {row.steps} steps" if row.kind != "integer" else "")


def _default(row: Param) -> str:
    if isinstance(row, variant.Varying):
        return ""
    shown = list(dict.fromkeys(row.to_text(stored).strip() for stored in row.defaults()))
    several = len(shown) > 1
    return f"`{shown[0]}`" + (" …" if several else "") if shown else ""


if __name__ == "__main__":
    print(text(), end="")
