"""English: the ports that lead to the tunnel, and which one new files use."""

TEXTS = {
    "ports_button": "🚪 Ports",
    "ports": "🚪 <b>Ports that lead to the tunnel</b>\n\nDevices of the last 30 days, by the port they last used:\n{lines}\n\nNew files use <b>port {usual}</b>, unless their disguise has a port of its own.{move}{old}",
    "ports_line": "{port}: {count}",
    "ports_usual": "✅ {port}: {count}",
    "ports_former": "{port}, no longer in the settings: {count}",
    "ports_unknown": "port unknown: {count}",
    "ports_move": "\n\n<b>Moving to port {port}</b>: {moved} of {count} devices use it. Not yet:{names}{more}",
    "ports_name": "\n• {name}",
    "ports_more": "\n• and {count} more",
    "ports_old": "\n\n📨 Configs with an older file: {count}. You can send their owners a new one.",
    "ports_one": "🚪 <b>One port leads to the tunnel: {usual}</b>\n\nWhere a network blocks it, another one may get through. Choose UDP ports that nothing else on the server uses, add them to /etc/andreyvpn/andreyvpn.env, such as <code>SECOND_PORTS=443, 500, 4500</code>, and run install.sh again.",
    "ports_unseen": "🚪 <b>Ports that lead to the tunnel</b>\n\nThe interface hasn't been seen yet. Take another look once it's up.",
    "make_usual": "🚪 Make {port} the usual port…",
    "confirm_usual_port": "🚪 <b>Make {port} the usual port?</b>\n\n• New files will use port {port}.\n• Files that people already have keep working: port {before} stays open, and nobody is disconnected.\n• Then you can send new files to everyone who still uses another port. Their keys stay the same.\n• I'll tell you when everyone uses port {port}. You can go back at any time.\n\n{proof}",
    "usual_port_proven": "Devices that already use port {port}: {count}.",
    "usual_port_new": "⚠️ No device has used port {port} yet. Try it with one device first: if your provider's firewall blocks this port, new files won't connect.",
    "make_usual_yes": "✅ Make {port} the usual port",
    "done_usual_port": "Done, new files use port {port}",
    # port_moves
    "ports_moved": "✅ <b>Everyone uses port {port} now</b>\n\nDevices of the last 30 days: {count}. You don't have to do anything: the other ports keep working, for older files and for disguises.\n\n{close}",
    "ports_close": "To close a second port that nobody uses, take it out of <code>SECOND_PORTS</code> in /etc/andreyvpn/andreyvpn.env and run install.sh again. Port {own} is the interface's own: leave it, the others lead to it.",
}
