"""Russian: what is wrong with the obfuscation parameters."""

TEXTS = {
    "fault_columns": "Команда awg показывает {count} параметров маскировки, так не делает ни одна известная версия.",
    "fault_misread_all": "H1–H4 читаются как {values}, то есть текст принят за числа: команда awg версии 1, а модуль ядра новее. Обновите "
    "оба (apt install --only-upgrade amneziawg-dkms amneziawg-tools) и перезагрузите сервер.",
    "fault_misread": "{name} читается как {value}: так awg показывает {meant}, когда версии команды и модуля разные. Обновите оба или дайте {name} "
    "больше цифр.",
    "fault_unknown": "{name} — не параметр AmneziaWG 1.0–3.1: уберите его.",
    "fault_jc": "Jc должен быть числом от 0 до 128.",
    "fault_jmax": "Jmax должен быть не больше 1280, иначе мусорные пакеты дробятся.",
    "fault_jmin": "Jmin должен быть меньше Jmax: например, Jmin = 10 и Jmax = 50.",
    "fault_padding": "{name} должен быть числом от 0 до {most}.",
    "fault_same_size": "S1 + 56 не должно равняться S2, иначе оба сообщения рукопожатия одного размера: измените S2.",
    "fault_header": "{name} должен быть числом или диапазоном вроде 1000-2000, от 5 до 4294967295.",
    "fault_overlap": "{one} и {other} не должны пересекаться: дайте каждому свои числа.",
    "fault_packet_text": "{name} должен состоять только из тегов вроде <b 0x0a1b> или <r 20>.",
    "fault_packet_value": "В {name} у {tag} лишнее значение: пишите просто {tag}.",
    "fault_packet_bytes": "В {name} у {tag} после 0x должно быть чётное число шестнадцатеричных цифр.",
    "fault_packet_number": "В {name} у {tag} должно быть число от 1 до {most}.",
    "fault_packet_tag": "В {name} есть тег, которого клиенты не знают: можно только <b>, <r>, <rc>, <rd> и <t>.",
    "fault_packets": "I1–I5 вместе должны быть не длиннее {most} знаков: сократите самый длинный.",
    "fault_protection": "HeaderProtectionKey должен быть ключом, какой печатает «awg genpsk».",
    "fault_nonce": "HeaderProtectionKey требует не меньше {least} в каждом из S1–S4: увеличьте {names}.",
    "fault_range": "{name} должен быть числом или диапазоном вроде 10-20, до 65535.",
    "fault_trailers": "RandomTrailers включён, а H1–H3 — широкие диапазоны: терялось бы около {loss} % всех пакетов. Задайте для H1, H2 и H3 по одному "
    "числу или выключите RandomTrailers.",
    "fault_switch": "{name} должен быть on или off.",
    "fault_needs_2_0": "её пакетам (I1–I5) нужен AmneziaWG 2.0, а на сервере 1.0",
}
