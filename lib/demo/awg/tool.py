"""A stand-in for `awg`, `ip` and `awg-quick` that needs no root, with the same arguments, errors and exit codes.

The bot uses it with AWG_COMMAND="env AWG_TOOL_STATE=/tmp/state python3 -IS lib/demo/awg/tool.py awg". To bring the
interface up, run the same command with `awg-quick up awg0` instead of `awg`; peers are then added from the file named
by AWG_TOOL_PEERS, as PostUp would do. `demo` does what no real tool can. Messages follow amneziawg-tools.

Each call pays for what it imports, and this file is compiled at each call, so what it does is in `commands`.
"""

from __future__ import annotations

import sys

sys.path.insert(0, __file__.rpartition("/lib/")[0] or ".")  # Python adds only the folder of this script, or none

from lib.demo.awg.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
