"""Which module may import which, and which one may spawn, use HTTP, commit, write SQL, and replace files."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([ROOT / "andreyvpn_bot.py", *(ROOT / "lib").rglob("*.py")])
DEMO_MODULES = [path for path in MODULES if path.is_relative_to(ROOT / "lib" / "demo")]
CHAT_FILES = sorted((ROOT / "lib" / "chat").glob("*.py"))
SHARED = ("errors", "process", "atomic_file", "days", "values", "own_disguises", "settings")
FLOORS = (*SHARED, "store", "vpn", "chat")
EXTRA = {"watch": {*SHARED, "store", "vpn", "watch"}, "keeper": {*FLOORS, "watch"},
         "telegram": {"errors", "store", "telegram"}, "console": {*FLOORS, "watch", "telegram", "console"},
         "demo": {"demo"}, "node": {"node"}, "journal": set(), "heartbeat": set(),
         "install": {*SHARED, "vpn", "install"}}  # fmt: skip
CHAT = ("texts", "drawing", "beside", "notify", "friend", "admin", "front")
FRONT = {"routes", "typed", "start", "attachments", "dispatch"}  # the files of lib/chat that see all of its rooms
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


def floor_in_chat(parts: tuple[str, ...]) -> int:
    """Return the floor of a module of lib/chat, which is named from there on."""
    room = parts[0].removesuffix(".py")
    return CHAT.index(room if room in CHAT else "front" if room in FRONT else "beside")


@pytest.mark.parametrize("path", sorted((ROOT / "lib" / "chat").glob("*/**/*.py")) + CHAT_FILES, ids=name_of)
def test_rooms_of_the_chat_import_one_way(path: Path) -> None:
    own = floor_in_chat(path.relative_to(ROOT / "lib" / "chat").parts)
    for name in imports(path):
        if name.startswith("lib.chat."):
            assert floor_in_chat(tuple(name.split(".")[2:])) <= own, f"{name_of(path)} imports {name}"


def test_the_chat_itself_has_few_files() -> None:
    assert len(CHAT_FILES) <= 20


@pytest.mark.parametrize("path", [p for p in MODULES if p not in DEMO_MODULES], ids=name_of)
def test_arguments_have_names(path: Path) -> None:
    assert "args[" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [p for p in MODULES if p not in DEMO_MODULES], ids=name_of)
def test_files_are_written_and_replaced_in_one_module(path: Path) -> None:
    if path.name == "atomic_file.py":
        return
    text = path.read_text(encoding="utf-8")
    assert "O_TRUNC" not in text
    creates = path.name in ("database.py", "owner.py")
    assert "O_CREAT" not in text or creates, "a new database and its lock replace nothing"
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        assert name.split(".")[-1] not in {"rename", "renames", "move", "write_text", "write_bytes"}, name
        assert name != "os.replace"
        assert not (name.endswith(".replace") and len(call.args) == 1 and not call.keywords), f"{name}: a path's?"
        modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        assert name.split(".")[-1] not in {"open", "fdopen"} or not any(set(mode) & set("wax+") for mode in modes)


@pytest.mark.parametrize("path", [p for p in MODULES if p not in DEMO_MODULES], ids=name_of)
def test_only_one_module_spawns_and_one_speaks_http(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    if path.name not in ("process.py", "node.py", "terminal.py"):
        assert not used & {"subprocess", "multiprocessing", "pty"}
        assert not re.search(r"os\.(system|popen|posix_spawn|exec|spawn|fork)", path.read_text(encoding="utf-8"))
    if path.name != "api.py":
        assert not used & {"requests", "http", "urllib3"}
        assert "urllib.request" not in imports(path)


@pytest.mark.parametrize("path", [p for p in MODULES if p not in DEMO_MODULES], ids=name_of)
def test_sql_stands_in_the_store_and_only_transaction_commits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "store" not in path.parts and path.name != "wg_easy.py":  # that reads another program's database
        assert not re.search(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+\s+SET|DELETE FROM)\b", text)
    if path.name != "database.py":
        assert not re.search(r"\bCOMMIT\b|\.commit\(|isolation_level", text)


@pytest.mark.parametrize("path", [p for p in MODULES if "store" in p.parts and p.name != "__init__.py"], ids=name_of)
def test_a_table_is_written_by_its_owner_alone(path: Path) -> None:
    owners = {"users": "users", "config_requests": "config_requests", "configs": "configs", "stats": "traffic",
              "counters": "counters", "outbox": "outbox", "notices": "outbox", "audit": "audit", "server": "server",
              "meta": "database updates", "foreign_peers": "foreign", "hours": "hours", "networks": "networks",
              "told": "told", "invitations": "invitations", "broadcasts": "broadcasts",
              "preferences": "preferences", "tickets": "tickets", "trials": "trials",
              "disguise_days": "disguise_days", "telegram_days": "telegram_only",
              "telegram_only": "telegram_only", "claims": "claims"}  # fmt: skip
    sql = r"(?:INSERT INTO|UPDATE|DELETE FROM) ([a-z_]+)"
    text = path.read_text(encoding="utf-8")
    written = [*re.findall(sql, text), *re.findall(r"\b(?:insert\(db, |setter\()\"([a-z_]+)\"", text)]
    for table in written:
        assert path.stem in owners[table].split(), f"{path.stem} writes {table}"


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


def test_what_runs_as_root_is_small_and_needs_nothing() -> None:
    modules = [path for path in MODULES if ROOT / "lib" / "node" in path.parents]
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert lines.pop("files.py") <= 295, "it is loaded only where the server stays in a container"
    assert sum(lines.values()) <= 740
    cheap = {"__future__", "collections", "contextlib", "fcntl", "importlib", "ipaddress", "json", "lib", "os", "re",
             "shlex", "signal", "stat", "sys", "typing", "zlib"}  # fmt: skip
    for path in modules:
        more = {"hashlib", "time"} if path.name == "files.py" else set()
        assert {name.split(".")[0] for name in imports(path)} <= cheap | more, path


def test_the_node_starts_from_one_file() -> None:
    """The loader is a copy of it alone; the fence is loaded only where it is asked for."""
    tree = ast.parse((ROOT / "lib" / "node" / "node.py").read_text(encoding="utf-8"))
    at_once = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert len(at_once) > 5
    assert not any("lib" in ast.unparse(node).split(".")[0].split() for node in at_once)


@pytest.mark.parametrize(("call", "module"), [
    ("change", "vpn/peers.py"), ("fence", "vpn/fence.py"), ("files", "watch/container_files.py"),
])  # fmt: skip
def test_the_interface_is_changed_in_one_place(call: str, module: str) -> None:
    """Peers and the fence are projected by one module each, which asks the node."""
    outside = [path for path in MODULES if not {"node", "demo", "install"} & {*path.parts}]
    calls = [path for path in outside if re.search(rf"awg\.{call}\(", path.read_text(encoding="utf-8"))]
    assert calls == [ROOT / "lib" / module]
    asks = [path for path in outside if f'"do": "{call}"' in path.read_text(encoding="utf-8")]
    assert asks == [ROOT / "lib" / "vpn" / "awg.py"]
