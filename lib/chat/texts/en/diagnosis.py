"""English: “Not working?”."""

TEXTS = {
    "check_again": "🔄 Check again",
    "send_file_anew": "📄 Current file",
    "tell_admin": "✋ Tell the admin",
    "diagnosis": "🆘 <b>{name}</b>\n\n{finding}",
    "diagnosis_down": "The server itself is having a problem right now. The admin knows. There's nothing to do on your side: just try "
    "again a little later.",
    "diagnosis_outdated": "The server has changed since you got this file. Take the current one with the button below, and delete the "
    "old tunnel in the app.",
    "diagnosis_silent": "Nothing from this device has reached the server yet.\n\n1. Is the tunnel switched on in the app?\n"
    "2. Try another network: mobile data instead of Wi-Fi.\n3. Take the current file below and add it again.",
    "diagnosis_no_handshake": "This device reaches the server, but the answer doesn't get back to it.\n\n1. Take the current file "
    "below, delete the old tunnel and add the new one.\n2. Update the app.\n3. Try another network.",
    "diagnosis_asleep": "It worked before: the last connection was {span} ago, nothing since.\n\n1. Switch the tunnel off and on.\n"
    "2. Is the same file on two devices? Each device needs its own.\n3. Try another network.",
    "diagnosis_cut": "It worked before: the last connection was {span} ago. Your device still reaches the server, but the answers don't get back on "
    "this network.\n\n1. Try another way with the button below.\n2. Try another network.",
    "diagnosis_blocked": "You've tried every way, and nothing got through. The server's address itself is probably blocked on this network.\n\n"
    "1. Try another network, such as Wi-Fi instead of mobile data.\n2. Tell the admin.",
    "diagnosis_no_traffic": "The device is online, but almost nothing has come through yet.\n\n1. Open any site and check again.\n"
    "2. Switch off “Private DNS” and other VPNs in the phone's settings.\n3. Set MTU 1280 in the tunnel.",
    "diagnosis_fine": "Everything looks fine from here: the device is online and traffic flows.\n\nIf a site doesn't open, switch the "
    "tunnel off and on, or try another site.",
    "diagnosis_speed": "\n\nSlow? Your speed limit is {speed}, shared by all your devices.",
    "complained": "✅ The admin has your report, along with what I can see from here. The answer will come here.",
    "problem": "🆘 <b>Not working?</b>\n\nWhich device is it?",
    "problem_none": "🆘 <b>Not working?</b>\n\nYou don't have a config yet, and the VPN needs one. Ask for one: each device needs its own.",
    "problem_waiting": "🆘 <b>Not working?</b>\n\nYour request “{name}” is with the admin. The file will come here by itself; then you can switch the VPN on.",
    "problem_making": "🆘 <b>Not working?</b>\n\nThe config “{name}” is being made. The file will come here by itself; then you can switch the VPN on.",
    "diagnosis_paused": "The admin has paused this config; nothing is wrong on your side. If you need it, tell them with the button below.",
    "diagnosis_expired": "This config expired on {until}; nothing is wrong on your side. Ask for more time with the button below: the same file will work again.",
}
