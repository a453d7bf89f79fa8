"""The rooms of the house: who may know whom, and what stays out of the repository."""

import ast
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
PACKAGES = ("dsp", "daemon", "tui")

# Lower ranks first: a file imports only from ranks below its own.
RANKS = (
    {"units", "kernel", "axis"},
    {"lanes", "atomic", "scales"},
    {"glide", "row"},
    {"varying", "svf", "parameters"},
    {
        "patch", "eq", "gate", "compressor", "gain", "mix", "pan",
        "delay", "automix", "tools", "spectrum", "limiter", "table",
    },
    {"wall"},
    {"kinds", "accept", "altered", "pages"},
    {"levels", "strip", "routing", "control"},
    {"flow"},
    {"rehearsal"},
    {"change"},
    {"monitor", "signals", "engine"},
    {"desk"},
    {"design_strips"},
    {"design_outputs"},
    {"refresh"},
)  # fmt: skip


def imported(path: pathlib.Path) -> set[str]:
    """Modules of this project that a file imports, as dotted names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] in PACKAGES}


def test_daemon_and_terminal_never_import_each_other() -> None:
    for one, other in (("daemon", "tui"), ("tui", "daemon")):
        for path in (ROOT / one).rglob("*.py"):
            assert not any(name.split(".")[0] == other for name in imported(path)), path


def test_dsp_knows_nobody_above_it() -> None:
    for path in (ROOT / "dsp").rglob("*.py"):
        assert all(name.startswith("dsp") for name in imported(path)), path


def test_inside_dsp_imports_go_downhill() -> None:
    rank = {name: level for level, names in enumerate(RANKS) for name in names}
    for path in (ROOT / "dsp").rglob("*.py"):
        if path.stem == "__init__":
            continue
        for name in imported(path):
            parts = name.split(".")
            if len(parts) > 1 and parts[1] in rank and parts[1] != path.stem:
                assert rank[parts[1]] <= rank[path.stem], f"{path.name} imports {parts[1]}"
        assert path.stem in rank, f"{path.name} has no rank"


def test_kernels_do_not_depend_on_the_table_whose_edits_leave_the_cache_alone() -> None:
    kernels = [path for path in (ROOT / "dsp").rglob("*.py") if "@kernel" in path.read_text("utf-8")]
    assert kernels
    for path in kernels:
        assert not any(name.startswith("dsp.table") for name in imported(path)), path


def test_dsp_does_no_input_or_output() -> None:
    banned = {"socket", "logging", "time", "threading", "asyncio", "subprocess"}
    for path in (ROOT / "dsp").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not plain & banned, path


def test_no_path_of_a_developers_machine_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    own = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ""} and path.is_file() and path.name != pathlib.Path(__file__).name:
            assert not own.search(path.read_text("utf-8", errors="ignore")), name
