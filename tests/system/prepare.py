"""Fill the cache of these tests, so that no test has to wait for it: python -m tests.system.prepare"""

from __future__ import annotations

from tests.system.installed import DOCKER
from tests.system.machine import add_packages, prepare_base, prepare_libraries
from tests.system.virtual_machine import KERNEL


def main() -> None:
    base, _ = prepare_base("bookworm")
    add_packages(base, KERNEL)
    add_packages(base, DOCKER)
    prepare_libraries("bookworm")
    prepare_libraries("trixie")


if __name__ == "__main__":
    main()
