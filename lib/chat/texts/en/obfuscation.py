"""English: what is wrong with the obfuscation parameters."""

TEXTS = {
    "fault_columns": "The awg tool shows {count} obfuscation parameters, which no known version does.",
    "fault_misread_all": "H1 to H4 read as {values}, which is text taken for numbers: the awg tool is version 1, the kernel module is newer. Update "
    "both (apt install --only-upgrade amneziawg-dkms amneziawg-tools) and reboot.",
    "fault_misread": "{name} reads as {value}, which is how awg misreads {meant} when tool and module differ in version: update both, or give {name} "
    "more digits.",
    "fault_unknown": "{name} is not a parameter of AmneziaWG 1.0 to 3.1: remove it.",
    "fault_jc": "Jc must be a number from 0 to 128.",
    "fault_jmax": "Jmax must be 1280 or less, or junk packets arrive in fragments.",
    "fault_jmin": "Jmin must be less than Jmax: set, for example, Jmin = 10 and Jmax = 50.",
    "fault_padding": "{name} must be a number from 0 to {most}.",
    "fault_same_size": "S1 + 56 must differ from S2, or both handshake messages have the same size: change S2.",
    "fault_header": "{name} must be a number, or a range such as 1000-2000, from 5 to 4294967295.",
    "fault_overlap": "{one} and {other} must not overlap: give each its own numbers.",
    "fault_packet_text": "{name} must consist only of tags such as <b 0x0a1b> or <r 20>.",
    "fault_packet_value": "{name} has a {tag} with a value: write {tag} alone.",
    "fault_packet_bytes": "{name} has a {tag} without an even number of hexadecimal digits behind 0x.",
    "fault_packet_number": "{name} has a {tag} without a number from 1 to {most}.",
    "fault_packet_tag": "{name} has a tag that clients don't know: use <b>, <r>, <rc>, <rd> and <t> only.",
    "fault_packets": "I1 to I5 together must be {most} characters or less: shorten the longest.",
    "fault_protection": "HeaderProtectionKey must be a key as “awg genpsk” prints it.",
    "fault_nonce": "HeaderProtectionKey needs at least {least} in each of S1 to S4: raise {names}.",
    "fault_range": "{name} must be a number, or a range such as 10-20, up to 65535.",
    "fault_trailers": "RandomTrailers is on and H1 to H3 are wide ranges: about {loss} % of all packets would be lost. Give H1, H2 and H3 a single "
    "number each, or switch RandomTrailers off.",
    "fault_switch": "{name} must be on or off.",
    "fault_needs_2_0": "its packets (I1 to I5) need AmneziaWG 2.0, and this server speaks 1.0",
}
