"""The rooms of the house: who may know whom, and what stays out of the repository.

    daemon ──▶ dsp ◀── tui        two programs that meet on the wire

Each law below is one line from top to bottom: a room may import from the rooms after it, and from itself.
"""

import ast
import functools
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PACKAGES = ("dsp", "daemon", "tui")

DAEMON = (
    {"cli"},
    {"tools", "run"},
    {"server", "web", "upkeep"},
    {"dialect"},
    {"commands"},
    {"album"},
    {"show", "recording", "offline"},
    {"history"},
    {"files", "metering", "audio", "settings"},
    {"wire", "system"},
    {"desk", "demo"},
    {"clock", "errors"},
)
"""Rooms of the daemon, the front door first; rooms of one line do not know each other."""

DSP = (
    {"design"},
    {"engine"},
    {"effects"},
    {"processors"},
    {"native", "table"},
    {"parameters"},
    {"units"},
)
"""Rooms of the console; the table and the compiled rooms are two arms that do not meet, see `APART`."""

TUI = (
    {"measure", "pictures"},
    {"app"},
    {"terminal"},
    {"palette", "screens"},
    {"widgets"},
    {"actions", "hands", "why", "effects", "pace", "feedback", "loudness"},
    {"curves"},
    {"link"},
    {"reading", "datagrams"},
    {"mirror", "desk"},
    {"words", "theme", "icons"},
    {"strips"},
)

LAWS = {"daemon": DAEMON, "dsp": DSP, "tui": TUI}

COMPILED = {"dsp.native", "dsp.processors", "dsp.effects", "dsp.engine", "daemon.audio"}
"""Rooms whose code may be native; `daemon.tools` measures it with kernels of its own."""
MEASURES = {"daemon.tools"}

APART = [(compiled, plain) for compiled in sorted(COMPILED) for plain in ("dsp.table", "dsp.parameters")]
"""Arms that do not meet: an edit of a row leaves the compiled kernels alone."""


def module(path: pathlib.Path) -> str:
    """Dotted name of a file of the project."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def files(*packages: str) -> list[pathlib.Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


@functools.cache
def imported(path: pathlib.Path) -> list[tuple[str, bool]]:
    """Modules of this project that a file imports, and whether it does so as soon as it is imported itself."""
    return list(_imported(path))


def _imported(path: pathlib.Path) -> Iterator[tuple[str, bool]]:
    tree = ast.parse(path.read_text("utf-8"))
    late = {id(node) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            for node in ast.walk(each)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((found, id(node) not in late) for name in names if (found := _existing(name)))


def _existing(name: str) -> str:
    """The module that a dotted name is, or lives in; empty for other people's."""
    parts = name.split(".")
    while parts and parts[0] in PACKAGES:
        path = ROOT.joinpath(*parts)
        if path.is_dir() or path.with_suffix(".py").exists():
            return ".".join(parts)
        parts.pop()
    return ""


def room(name: str) -> str:
    """Room of a module: package and folder, or the file itself where it stands in the hall."""
    return ".".join(name.split(".")[:2])


def test_daemon_and_terminal_never_import_each_other() -> None:
    for path in files("daemon"):
        assert not any(name.startswith("tui") for name, _ in imported(path)), path
    for path in files("tui", "dsp"):
        assert not any(name.startswith("daemon") for name, _ in imported(path)), path
    for path in files("dsp"):
        assert not any(name.startswith("tui") for name, _ in imported(path)), path


@pytest.mark.parametrize("package", LAWS)
def test_arrows_never_run_up(package: str) -> None:
    rank = {f"{package}.{name}": line for line, names in enumerate(LAWS[package]) for name in names}
    for path in files(package):
        own = room(module(path))
        if own == package:
            continue
        assert own in rank, f"{path}: its room has no place in the law"
        for name, _ in imported(path):
            other = room(name)
            if other.startswith(f"{package}.") and other != own:
                assert rank[other] > rank[own], f"{module(path)} imports {name}"


def test_the_compiled_rooms_and_the_table_are_two_arms() -> None:
    for path in files("dsp"):
        for name, _ in imported(path):
            assert (room(module(path)), room(name)) not in APART, f"{path} imports {name}"
        if module(path).startswith("dsp.table.effects"):
            assert all(not name.startswith("dsp.table") or name.startswith("dsp.table.effects")
                       for name, _ in imported(path)), path  # fmt: skip


def test_the_pages_know_only_bytes_errors_settings_and_the_table() -> None:
    """They meet the daemon on the wire: what they may do is decided there."""
    known = {"daemon.wire.packet", "daemon.errors", "daemon.settings"}
    found = {name for path in files("daemon/web") for name, _ in imported(path)}
    assert {name for name in found if not re.match(r"daemon\.web\b|dsp\.(table|parameters)\b", name)} <= known
    assert "dsp.table" in found, "nobody was looked at"


def test_no_modules_import_each_other_in_a_circle() -> None:
    arrows = {module(path): {name for name, early in imported(path) if early} for path in files(*PACKAGES)}
    done: set[str] = set()

    def follow(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way[way.index(name):], name))
        if name in done:
            return
        for other in sorted(arrows.get(name, ())):
            follow(other, (*way, name))
        done.add(name)

    for name in arrows:
        follow(name, ())


def native(path: pathlib.Path) -> bool:
    """Whether a file has functions that are compiled."""
    decorators = [
        ast.unparse(each)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for each in node.decorator_list
    ]
    return any(re.match(r"((kernel\.)?(kernel|inline|export)|numba\.\w+|intrinsic)\b", name) for name in decorators)


def test_kernels_stand_in_the_compiled_rooms() -> None:
    found = {room(module(path)) for path in files(*PACKAGES) if native(path)}
    assert found <= COMPILED | MEASURES
    assert {"dsp.native", "dsp.processors", "dsp.engine"} <= found, "nobody was looked at"


def test_dsp_does_no_input_or_output() -> None:
    banned = {"socket", "logging", "time", "threading", "asyncio", "subprocess"}
    for path in files("dsp"):
        tree = ast.parse(path.read_text("utf-8"))
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not plain & banned, path


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_what_is_in_it(package: str) -> None:
    """Every file of a room that newcomers enter by is named on the room's first page."""
    for path in files(package):
        if path.name != "__init__.py":
            page = ast.get_docstring(ast.parse(path.with_name("__init__.py").read_text("utf-8"))) or ""
            assert re.search(rf"\b{path.stem}\b", page), f"{path.parent}/__init__.py does not say what {path.name} is"


NAMED = ("automix",)
"""Processors whose name is a word of its own, so that who knows them can be seen."""

PLACES = {
    "its own files": r".*/(\w+_)?{name}\.py",
    "its design": r"dsp/design/\w+\.py",
    "its rows, and the axes they run along": r"dsp/table/\w+\.py|dsp/parameters/axis\.py",
    "the registry": r"dsp/processors/registry\.py",
    "the maps of its rooms": r"\w+/\w+/__init__\.py",
}
"""Where a processor may be named."""


@pytest.mark.parametrize("name", NAMED)
def test_one_processor_has_one_place(name: str) -> None:
    """Whatever else takes, glides, settles, measures, draws or forgets it does so by its declaration."""
    found = [path.relative_to(ROOT).as_posix() for path in files(*PACKAGES) if name in path.read_text("utf-8").lower()]
    assert any(path.endswith(f"processors/{name}.py") for path in found), "nobody was looked at"
    allowed = re.compile("|".join(PLACES.values()).replace("{name}", name))
    assert [path for path in found if not allowed.fullmatch(path)] == []
    assert sum(path.startswith("dsp/design/") for path in found) <= 1


@functools.cache
def declared() -> dict[str, set[str]]:
    """Modules of the processors that are declared, and what of the memory is theirs."""
    found: dict[str, set[str]] = {}
    for path in files("dsp/processors"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if ast.unparse(node.func) == "Processor":
                names = [str(ast.literal_eval(word.value)) for word in node.keywords if word.arg == "name"]
                found.setdefault(path.stem, set()).update(*({name, f"{name}_state"} for name in names))
            elif ast.unparse(node.func) in {"Field", "Lines"}:
                name = str(ast.literal_eval(node.args[0]))
                found.setdefault(path.stem, set()).update({name, f"{name}_mask"})
    return found


ROOM = "dsp.processors"

KIN = {"pairs": {"shapes", "svf", "eq", "matched"}}
"""Files beside the one that declares a processor."""

ENGINE_PAGES = {"dsp.engine.strip", "dsp.engine.flow", "dsp.engine.block"}
"""Where the flow of the signal is drawn: each processor stands on one of these pages."""

STANDS_TWICE = {"delay"}
"""Processors that the strip has, and what is behind it has, too."""

READERS = {
    "pairs": {"daemon.album.curves", "daemon.album.racked", "daemon.commands.pictures", "daemon.tools.curves",
              "daemon.tools.curves_heard", "tui.curves", "tui.effects"},
    "gate": {"daemon.tools.bench", "tui.curves"},
    "compressor": {"daemon.album.racked", "daemon.tools.bench", "tui.curves"},
    "delay": {"daemon.tools.bench_sections"},
    "spectrum": {"daemon.metering.analyser"},
    "taps": {"daemon.metering.live", "daemon.recording.again", "daemon.recording.labels", "daemon.recording.recorder",
             "daemon.recording.stereo"},
}  # fmt: skip
"""Who shows what a processor does, plays it by itself, or reads its ring, on the control side."""

WORDS = {
    "dsp.engine.meters": {"gate", "dyn"},  # banks of meters as people know them
    "dsp.engine.wall": {"printed", "prints"},  # who records asks the wall
}
"""Memory of processors that the engine names where it is not drawn."""


@functools.cache
def processors_known(path: pathlib.Path) -> frozenset[str]:
    """Processors that a file imports, at once or when it needs them."""
    late = re.findall(r'"dsp\.processors\.(\w+)"', path.read_text("utf-8"))
    return frozenset((*late, *(name.removeprefix(f"{ROOM}.") for name, _ in imported(path) if name.startswith(ROOM))))


@pytest.mark.parametrize("name", declared())
def test_a_processor_is_known_where_it_stands_and_where_it_is_set(name: str) -> None:
    """On one page of the engine, on one of the design, and to who shows it; effects may be built of it."""
    family = {name, *KIN.get(name, ())}
    users = {module(path) for path in files(*PACKAGES) if processors_known(path) & family}
    engine, design = ({user for user in users if user.startswith(f"dsp.{each}.")} for each in ("engine", "design"))
    assert len(engine) <= (2 if name in STANDS_TWICE else 1)
    assert engine <= ENGINE_PAGES
    assert len(design) <= 1
    others = {user for user in users - engine - design if not re.match(r"dsp\.(processors|effects)\.", user)}
    assert others == READERS.get(name, set())


def test_the_engine_knows_processors_by_their_declaration() -> None:
    """Where they stand is drawn by hand; whatever goes round all of them goes round the registry."""
    looked_at = {"gate", "compressor", "automix", "pairs", "delay", "limiter", "oscillator", "spectrum", "taps"}
    assert looked_at <= set(declared())
    for path in files("dsp/engine"):
        tree, known = ast.parse(path.read_text("utf-8")), processors_known(path)
        own = {name for name in declared() if known & {name, *KIN.get(name, ())}}
        fields = {field for name, fields in declared().items() if name not in own for field in fields}
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        named |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert named & fields <= WORDS.get(module(path), set()), path


def test_no_path_of_a_developers_machine_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    own = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ""} and path.is_file() and path.name != pathlib.Path(__file__).name:
            assert not own.search(path.read_text("utf-8", errors="ignore")), name


def test_no_two_files_of_tests_have_one_name() -> None:
    """Pytest imports them by their names alone: of two in one run, the second would be an error."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
