"""The house's arrows: who may import whom, who may spawn, speak HTTP, commit, and write SQL."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([ROOT / "andreyvpn_bot.py", *(ROOT / "lib").rglob("*.py")])
DEMO_MODULES = [path for path in MODULES if path.is_relative_to(ROOT / "lib" / "demo")]
FLOORS = ("errors", "process", "values", "settings", "days", "store", "vpn", "chat", "watch", "keeper")
EXTRA = {"telegram": {"errors", "store", "telegram"}, "demo": {"demo"}, "journal": set(), "heartbeat": set(),
         "install": set(), "console": {*FLOORS, "telegram", "console"} - {"watch", "keeper"}}  # fmt: skip
DEMO = {"telegram": {"telegram"}, "awg": {"awg"}, "page": set(), "backstage": {"telegram", "awg", "backstage"},
        "server": {"telegram", "backstage"}, "run": {"awg", "backstage", "server"}}  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("lib.")}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent != ROOT], ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    room = path.relative_to(ROOT / "lib").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    allowed = EXTRA[room] if room in EXTRA else set(FLOORS[: FLOORS.index(room) + 1])
    assert rooms(path) <= allowed, f"{name_of(path)} reaches up or aside"


@pytest.mark.parametrize("path", [p for p in MODULES if p not in DEMO_MODULES], ids=name_of)
def test_only_one_module_spawns_and_one_speaks_http(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    if path.name != "process.py":
        assert not used & {"subprocess", "multiprocessing", "pty"}
        assert "os.system" not in path.read_text(encoding="utf-8")
    if path.name != "api.py":
        assert not used & {"requests", "http", "urllib3"}
        assert "urllib.request" not in imports(path)


@pytest.mark.parametrize("path", [p for p in MODULES if p not in DEMO_MODULES], ids=name_of)
def test_sql_stands_in_the_store_and_only_transaction_commits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "store" not in path.parts:
        assert not re.search(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+\s+SET|DELETE FROM)\b", text)
    if path.name != "database.py":
        assert not re.search(r"\bCOMMIT\b|\.commit\(|isolation_level", text)


@pytest.mark.parametrize("path", [p for p in MODULES if "store" in p.parts and p.name != "__init__.py"], ids=name_of)
def test_a_table_is_written_by_its_owner_alone(path: Path) -> None:
    owners = {"users": "users", "config_requests": "config_requests", "configs": "configs", "stats": "traffic",
              "counters": "counters", "outbox": "outbox", "notices": "outbox", "audit": "audit", "server": "server",
              "meta": "database", "foreign_peers": "foreign", "hours": "hours", "networks": "networks",
              "told": "told", "invitations": "invitations", "broadcasts": "broadcasts",
              "preferences": "preferences"}  # fmt: skip
    written = re.findall(r"(?:INSERT INTO|UPDATE|DELETE FROM) ([a-z_]+)", path.read_text(encoding="utf-8"))
    for table in written:
        assert owners[table] == path.stem, f"{path.stem} writes {table}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert path.name == "__init__.py" or ast.get_docstring(tree), "a module says what it owns"
    if "texts" not in path.parts:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 45, f"{node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_broad_except_stands_around_a_worker_or_raises_again(path: Path) -> None:
    broad = re.findall(r"except(?: Exception| BaseException)?:", path.read_text(encoding="utf-8"))
    assert (
        len(broad) <= {"andreyvpn_bot.py": 2, "database.py": 1, "process.py": 1}.get(path.name, 0)
        or path in DEMO_MODULES
    )


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in MODULES}
    graph = {name: imports(path) & modules.keys() - {name} for name, path in modules.items()}
    assert graph["lib.demo.server"] > {"lib.demo.backstage.panel"}, "imports are found"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        pytest.fail(f"imports in a circle: {' <- '.join(exc.args[1])}")


@pytest.mark.parametrize("path", [p for p in DEMO_MODULES if p.name != "__init__.py"], ids=name_of)
def test_the_folders_of_the_demo_import_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT / "lib" / "demo").parts[0].removesuffix(".py")
    imported = {name.split(".")[2] for name in imports(path) if name.startswith("lib.demo.")}
    assert imported <= DEMO[folder], f"{name_of(path)} imports from a folder above or beside it"
