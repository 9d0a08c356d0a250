"""A tiny archive of packages on a machine's disk, signed by a key of its own, as apt meets AmneziaWG's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Place(Protocol):
    """Something with a root folder, in which commands run as root."""

    root: Path

    def do(self, *words: str) -> str:
        """Run a command inside; return its output."""


def make_key(place: Place, name: str) -> str:
    """Create a signing key and export its public half to a file of that name; return its fingerprint."""
    gpg = ("gpg", "--batch", "--passphrase", "")
    place.do(*gpg, "--quick-generate-key", name, "rsa3072", "sign", "never")
    place.do("gpg", "--armor", "--output", f"/{name}.asc", "--export", f"={name}")
    listed = place.do("gpg", "--with-colons", "--list-keys", f"={name}").splitlines()
    return next(line.split(":")[9] for line in listed if line.startswith("fpr"))


def make_archive(place: Place, key: str, suite: str, packages: Mapping[str, Mapping[str, str]]) -> None:
    """Write a signed suite into /archive; `packages` maps each name to its files by path, DEBIAN/control among them."""
    architecture = place.do("dpkg", "--print-architecture").strip()
    archive = place.root / "archive"
    folder = archive / "dists" / suite
    lists = [folder / f"main/binary-{architecture}/Packages", folder / "main/source/Sources"]
    for file in lists:
        file.parent.mkdir(parents=True)
        file.touch()
    lists[0].write_text("\n".join(_build(place, name, files) for name, files in packages.items()))
    sums = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in lists}
    lines = [f" {digest} {file.stat().st_size} {file.relative_to(folder)}\n" for file, digest in sums.items()]
    head = f"Origin: test\nSuite: {suite}\nCodename: {suite}\nComponents: main\nArchitectures: {architecture}\n"
    (folder / "Release").write_text(head + "SHA256:\n" + "".join(lines))
    place.do("gpg", "--batch", "--yes", "--local-user", key, "--output", f"/archive/dists/{suite}/InRelease",
             "--clearsign", f"/archive/dists/{suite}/Release")  # fmt: skip


def _build(place: Place, name: str, files: Mapping[str, str]) -> str:
    """Build a package; return its entry in the list."""
    tree = place.root / "packages" / name
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
        (tree / path).chmod(0o755 if "bin" in path else 0o644)
    place.do("dpkg-deb", "--root-owner-group", "--build", f"/packages/{name}", f"/archive/{name}.deb")
    package = (place.root / f"archive/{name}.deb").read_bytes()
    facts = f"Filename: {name}.deb\nSize: {len(package)}\nSHA256: {hashlib.sha256(package).hexdigest()}\n"
    return files["DEBIAN/control"] + facts


def control(name: str, version: str = "1.0") -> str:
    """Return the control file of a package."""
    return (
        f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
        "Maintainer: Nobody <nobody@example.org>\nDescription: a stand-in\n"
    )
