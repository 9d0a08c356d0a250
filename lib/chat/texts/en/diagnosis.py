"""English: “It does not work”."""

TEXTS = {
    "check_again": "🔄 Check again",
    "send_file_anew": "📄 The current file",
    "tell_admin": "✋ Tell the admin",
    "diagnosis": "🆘 <b>{name}</b>\n\n{finding}",
    "diagnosis_down": "The server itself has a trouble at the moment. The admin knows; nothing is to be done on your side, just try "
    "again a little later.",
    "diagnosis_outdated": "The server has changed since you got this file. Take the current one by the button below, and delete the old "
    "tunnel in the app.",
    "diagnosis_silent": "Not one packet from this device has reached the server.\n\n1. Is the tunnel switched on in the app?\n"
    "2. Try another network: mobile data instead of Wi-Fi.\n3. Take the current file below and import it anew.",
    "diagnosis_no_handshake": "Packets from this device arrive, but the answer does not get back to it.\n\n1. Take the current file "
    "below, delete the old tunnel, import it anew.\n2. Update the app.\n3. Try another network.",
    "diagnosis_asleep": "It did work: last connection {span} ago, and silence since.\n\n1. Switch the tunnel off and on.\n2. Is the "
    "same file on two devices? Each device needs its own.\n3. Try another network.",
    "diagnosis_no_traffic": "The device is connected, but almost nothing came through yet.\n\n1. Open any site and check again.\n"
    "2. Switch off “private DNS” and other VPNs in the phone's settings.\n3. Set MTU 1280 in the tunnel.",
    "diagnosis_fine": "From here everything looks fine: the device is connected, and data flow.\n\nIf a site does not open, switch "
    "the tunnel off and on, or try another site.",
    "complained": "✅ The admin was told, with what I see. They will answer you in person.",
    "complained_already": "The admin was told already and will answer you in person. You can tell them again in an hour.",
    "problem": "🆘 <b>It does not work</b>\n\nOn which device?",
    "problem_none": "🆘 <b>It does not work</b>\n\nYou have no config yet, and without one there is no VPN. Ask for one: each device needs its own.",
    "problem_waiting": "🆘 <b>It does not work</b>\n\nThe request “{name}” waits for the admin's decision. The file comes here by itself, and then it can be switched on.",
    "problem_making": "🆘 <b>It does not work</b>\n\nThe config “{name}” is being made. Its file comes here by itself, and then it can be switched on.",
    "diagnosis_paused": "The admin has paused this config, so nothing is wrong on your side. Tell them by the button below if you need it.",
    "diagnosis_expired": "This config expired on {until}, so nothing is wrong on your side. Ask for more time by the button below: then it works on with the same file.",
    "finding_paused": "The config is paused.",
    "finding_expired": "The config has expired.",
    "complaint": "🆘 <b>A friend says: it does not work</b>\n\nWho: {name} ({username}, <code>{id}</code>)\nDevice: {device}\n\n{seen}",
    "finding_down": "The interface is down.",
    "finding_quota": "Their month's limit is used up.",
    "finding_outdated": "They hold an outdated config and were offered the current one.",
    "finding_silent": "The server got no packet from this peer: the port is blocked on the way, or the tunnel is off.",
    "finding_no_handshake": "Packets come, but no handshake is completed: the answer is lost, or the parameters differ.",
    "finding_asleep": "It worked before; no handshake for a while.",
    "finding_no_traffic": "Connected, but almost nothing goes through: check forwarding and NAT on the server, then DNS and MTU.",
    "finding_fine": "Connected, data flow: nothing wrong is seen from the server.",
}
