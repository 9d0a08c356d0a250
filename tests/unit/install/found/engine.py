"""A stand-in for docker around a folder: a container is a folder in it, with what `inspect` says and its files.

In a test's own process `Engine` answers; as a program (`python engine.py FOLDER WORDS…`) it is a docker on the PATH.
`exec` answers from the file `answers.json` of the container, or runs the command behind the words in `prefix`.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Engine:
    """A docker with the containers of a folder."""

    folder: Path

    def add(
        self,
        name: str,
        image: str = "",
        *,
        running: bool = True,
        files: Mapping[str, bytes | str] | None = None,
        environment: Mapping[str, str] | None = None,
        answers: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> Path:
        """Make a container; return the folder of its files."""
        home = self.folder / name
        (home / "files").mkdir(parents=True)
        seen = {
            "Name": f"/{name}",
            "Config": {"Image": image, "Env": [f"{k}={v}" for k, v in (environment or {}).items()]},
            "State": {"Running": running},
            "HostConfig": {"PortBindings": {}},
        }
        (home / "inspect.json").write_text(json.dumps([seen]))
        (home / "answers.json").write_text(json.dumps({"answers": dict(answers or {}), "prefix": list(prefix)}))
        for path, content in (files or {}).items():
            file = home / "files" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogateescape"))
        return home / "files"

    def answer(self, words: Sequence[str], stdin: str) -> bytes:
        """Answer as docker does; raise OSError with its complaint."""
        match words:
            case ["ps", "--all", "--format", "{{.Names}}"]:
                return "".join(f"{path.name}\n" for path in sorted(self.folder.iterdir())).encode()
            case ["inspect", "--type", "container", name]:
                return self._home(name).joinpath("inspect.json").read_bytes()
            case ["cp", source, "-"]:
                name, _, folder = source.partition(":")
                return self._archive(name, folder)
            case ["exec", "-i", name, *command]:
                return self._run(name, command, stdin)
        raise OSError(f"docker: unknown {words}")

    def _home(self, name: str) -> Path:
        if not (self.folder / name).is_dir():
            raise OSError(f"Error: No such container: {name}")
        return self.folder / name

    def _archive(self, name: str, folder: str) -> bytes:
        source = self._home(name) / "files" / folder.strip("/")
        if not source.exists():
            raise OSError(f"Could not find the file {folder} in container {name}")
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w|") as archive:
            archive.add(source, source.name)
        return made.getvalue()

    def _run(self, name: str, command: Sequence[str], stdin: str) -> bytes:
        home = self._home(name)
        if not json.loads((home / "inspect.json").read_text())[0]["State"]["Running"]:
            raise OSError(f"container {name} is not running")
        known = json.loads((home / "answers.json").read_text())
        if known["prefix"]:
            done = subprocess.run([*known["prefix"], *command], input=stdin, capture_output=True, text=True, timeout=10)
            if done.returncode:
                raise OSError(done.stderr)
            return done.stdout.encode()
        if " ".join(command) not in known["answers"]:
            raise OSError(f"exec: {command[0]}: not found")
        return str(known["answers"][" ".join(command)]).encode(errors="surrogateescape")


def main(folder: str, *words: str) -> None:
    try:
        sys.stdout.buffer.write(Engine(Path(folder)).answer(words, "" if words[0] != "exec" else sys.stdin.read()))
    except OSError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main(*sys.argv[1:])
