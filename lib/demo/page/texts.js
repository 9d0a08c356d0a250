/* All texts of the page itself, in both languages, and the formats of sizes and times. */

const TEXTS = {
  en: { title: "AndreyVPN: try it", hint: "Every phone is a person talking to the real bot. Tap, type, wait a moment.", add_friend: "+ friend",
    other_language: "Русский", friend: "friend", admin: "admin", bot: "bot", typing: "typing…", sending: "sending a file…", edited: "edited ",
    start: "START", unblock: "UNBLOCK BOT", block: "Block the bot", write: "Message", menu: "Menu", send: "Send", options: "Options",
    nothing: "No messages here yet.\nPress START to begin.", today: "Today", copied: "Copied", ok: "OK", photo: "Photo", save: "Download", close: "Close", commands: "Commands", cancel: "Don't reply", newest: "To the newest message",
    offline: "The demo's server isn't answering. Is it running?", another_run: "The demo was started anew. Reload this page.", picture: "Open the picture", names: ["Boris", "Vera", "Gleb", "Dina", "Max", "Zoe"],
    panel: "Behind the scenes", tour: "Tour", people: "People", requests: "Requests", configs: "Configs", none: "none yet",
    waiting: "Messages queued", month: "This month", total: "In total", database: "Database: what should be", interface: "Interface: what is",
    same: "✓ matches the database", differs: "≠ differs from the database", gone: "✗ no interface right now", bot_row: "Bot", server_row: "Server",
    interface_row: "Interface", telegram_row: "Telegram", friend_row: "Friend", old_row: "Old devices", clock_row: "Clock", running: "running", dead: "dead", up: "up", off: "off", booting: "booting…",
    missing: "gone", never: "no handshake yet", ago: (age) => age < 100 ? `handshake ${age} s ago` : `handshake ${Math.round(age / 60)} min ago`, foreign: "added by hand", actions: "Levers",
    actions_hint: "Pull a lever, and this line will tell you what to watch.", failed: "That didn't work: ",
    states: { captcha: "at the picture", pending: "waiting", approved: "approved", rejected: "declined", blocked: "blocked", cancelled: "cancelled", issued: "issued", granted: "granted",
      live: "live", coming: "on its way", off: "limit used up", asking: "only Telegram", paused: "paused", expired: "expired", revoked: "deleted" },
    action_names: { kill: "Kill the bot", start: "Start the bot", reboot: "Reboot", down: "Take it down", up: "Bring it up", normal: "Normal", slow: "Slow", limited: "Limits (429)",
      away: "Away", online: "Go online, download", offline: "Go offline", month: "Jump to the 1st",
      port: "Change port", foreign: "Peer by hand", limit: "Use up the limit", filter: "Filter their network", unfilter: "Lift the filter" },
    explanations: {
      kill: "The bot is dead, the VPN is not: its peers stay. Tap or write something on a phone: it waits there (one tick). Then start the bot.",
      port: "The server now listens on another port, so friends' files no longer work. The admin is told and can send everyone a new file.",
      foreign: "A device from before the bot. The bot tells the admin, who can give it to a friend or let friends claim theirs: 🖥, then 🧩. The first three have names, and switches here: blue is on.",
      foreign_real: "Someone added a peer with the awg command. The bot leaves it alone and tells the admin, who can give it to a friend or remove it.",
      old_off: "This device is off: not a byte comes from it. A friend is claiming it? Wait about 40 seconds, until the bot says that it's off. Then switch it on again.",
      old_on: "This device is on again: a new handshake, from a new port. A friend is claiming it? Then the bot has seen that, and asks the admin.",
      limit: "The friend's device has just downloaded 100 GB. The monthly limit is used up: see what the friend is told, and what they can do about it.",
      filter: "Four minutes have passed, and the friend's network now drops whatever looks like DNS, as new files do. Go online: no answer. Then tap “Not working?”, try another way, and go online again.",
      unfilter: "The friend's network lets everything through again. Go online: any file works.",
      start: "The bot picks up where it was: everything tapped in the meantime is answered, once.",
      reboot: "First the peers come back, from the bot's file; the bot follows seconds later. The VPN doesn't need it.",
      down: "Peers and counters are gone. The database still has everything, and the admin is told. Now bring it back up.",
      up: "The same peers are back, with the same keys. Counters start from zero, this month's total goes on.",
      normal: "Everything that waited is sent now, in order, each message once. The bot may take half a minute to try again.",
      slow: "Every call takes 3 seconds. Tap something: the answer comes late, in order, and once.",
      limited: "Telegram refuses to send and asks for 5 seconds. Tap something: messages wait in the database until things are back to normal.",
      away: "Telegram drops every call. Tap something: it waits. Nothing is lost once things are back to normal.",
      online: "The handshake is fresh. Bytes appear on the interface, then in the database; ask /stats as the friend. A file with an old port gets no answer.",
      offline: "The counters stop. After 3 minutes without a handshake, the friend is shown as offline.",
      month: "A few seconds to midnight; the bot was restarted with that clock. Watch: the month starts from zero, the total stays, and the admin gets a report.",
      month_real: "Seconds to midnight for bot and Telegram (the kernel keeps its time, so friends look offline). The month starts from zero, the total stays.",
    },
    step: (at, all) => `Step ${at} of ${all}`, done: "✓ done", back: "Back", next: "Next", finish: "Finish", dismiss: "Close the tour",
    steps: [
      "Two phones, two people: a friend, and the admin who owns the server. Press START on both.",
      "The friend sees a picture with digits that keeps robots out. Type them on the friend's phone.",
      "The admin is asked whether to let the friend in. Tap Approve on the admin's phone.",
      "On the friend's phone, ask for a config: say which device it is for. Approve it on the admin's phone. A file arrives, ready for the app.",
      "Look behind the scenes: the database says what should be, and the interface follows. The friend's device is still off: pull “Go online, download” and watch the bytes.",
      "Now break it: kill the bot, tap around on the phones, start it again. Nothing is lost, nothing happens twice. Then change the port, use up the limit, filter the friend's network, add a peer by hand.",
    ],
  },
  ru: { title: "AndreyVPN: попробуйте", hint: "Каждый телефон — человек, который говорит с настоящим ботом.", add_friend: "+ друг",
    other_language: "English", friend: "друг", admin: "админ", bot: "бот", typing: "печатает…", sending: "отправляет файл…", edited: "изменено ",
    start: "ЗАПУСТИТЬ", unblock: "РАЗБЛОКИРОВАТЬ БОТА", block: "Заблокировать бота", write: "Сообщение", menu: "Меню", send: "Отправить", options: "Действия",
    nothing: "Здесь пока ничего нет.\nНажмите «Запустить».", today: "Сегодня", copied: "Скопировано", ok: "OK", photo: "Фотография", save: "Скачать", close: "Закрыть", commands: "Команды", cancel: "Не отвечать", newest: "К последнему сообщению",
    offline: "Сервер демонстрации не отвечает. Он запущен?", another_run: "Демонстрация запущена заново. Обновите страницу.", picture: "Открыть картинку", names: ["Борис", "Вера", "Глеб", "Дина", "Максим", "Зоя"],
    panel: "За кулисами", tour: "Экскурсия", people: "Люди", requests: "Запросы", configs: "Конфиги", none: "пока нет",
    waiting: "В очереди", month: "За месяц", total: "Всего", database: "База: как должно быть", interface: "Интерфейс: как есть",
    same: "✓ всё как в базе", differs: "≠ не так, как в базе", gone: "✗ интерфейса сейчас нет", bot_row: "Бот", server_row: "Сервер",
    interface_row: "Интерфейс", telegram_row: "Telegram", friend_row: "Друг", old_row: "До бота", clock_row: "Часы", running: "работает", dead: "убит", up: "работает", off: "выключен", booting: "загружается…",
    missing: "пропал", never: "ещё не подключался", ago: (age) => age < 100 ? `рукопожатие ${age} с назад` : `рукопожатие ${Math.round(age / 60)} мин назад`, foreign: "добавлен вручную", actions: "Рычаги",
    actions_hint: "Дёрните рычаг: здесь появится подсказка, куда смотреть.", failed: "Не получилось: ",
    states: { captcha: "перед картинкой", pending: "ждёт", approved: "впущен", rejected: "отказано", blocked: "заблокирован", cancelled: "отменён", issued: "выдан", granted: "одобрен",
      live: "работает", coming: "появляется", off: "лимит исчерпан", asking: "только Telegram", paused: "на паузе", expired: "больше не действует", revoked: "удалён" },
    action_names: { kill: "Убить бота", start: "Запустить бота", reboot: "Перезагрузить", down: "Убрать", up: "Поднять", normal: "Обычно", slow: "Медленно", limited: "Лимиты (429)",
      away: "Нет связи", online: "Подключить", offline: "Отключить", month: "Прыгнуть к 1-му числу",
      port: "Сменить порт", foreign: "Пир вручную", limit: "Исчерпать лимит", filter: "Фильтр в сети", unfilter: "Убрать фильтр" },
    explanations: {
      port: "Сервер теперь слушает другой порт, и прежние файлы не подходят. Админ узнаёт об этом и может разослать всем новые.",
      foreign: "Это устройство было до бота. Админ узнаёт о нём и может отдать его другу или разрешить друзьям найти своё: 🖥, затем 🧩. У первых трёх есть имена и выключатели: синий — включено.",
      foreign_real: "Кто-то добавил пир командой awg. Бот его не трогает и сообщает админу, а тот может отдать его другу или убрать.",
      old_off: "Устройство выключено: от него ни байта. Друг сейчас доказывает, что оно его? Подождите секунд сорок, пока бот не напишет, что оно выключено. Потом включите снова.",
      old_on: "Устройство снова включено: новое рукопожатие, с нового порта. Друг доказывал, что оно его? Тогда бот это увидел и спрашивает админа.",
      limit: "Устройство друга только что скачало 100 ГБ. Лимит на месяц исчерпан: посмотрите, что об этом узнаёт друг и что он может сделать.",
      filter: "Прошло четыре минуты, и сеть друга отбрасывает всё, что похоже на DNS, а новые файлы как раз такие. Подключите: ответа нет. Нажмите «Не работает?», попробуйте иначе и подключите снова.",
      unfilter: "Сеть друга снова пропускает всё. Подключите: подойдёт любой файл.",
      kill: "Бота нет, а VPN работает: пиры на месте. Нажмите или напишите что-нибудь — это подождёт (одна галочка). Потом запустите бота.",
      start: "Бот продолжает с того же места: на всё, что нажали без него, он ответит, и только один раз.",
      reboot: "Сначала возвращаются пиры, из файла бота; сам бот — через несколько секунд. VPN в нём не нуждается.",
      down: "Пиры и счётчики пропали; в базе всё цело, админ получит сообщение. Поднимите интерфейс снова.",
      up: "Вернулись те же пиры с теми же ключами. Счётчики пошли с нуля, сумма за месяц продолжается.",
      normal: "Всё, что ждало, уходит сейчас: по порядку и по одному разу. Следующая попытка бота — в пределах полуминуты.",
      slow: "Каждый вызов длится 3 секунды. Нажмите что-нибудь: ответ придёт позже, по порядку и один раз.",
      limited: "Telegram отказывается отправлять и просит подождать 5 секунд. Нажмите что-нибудь: сообщения подождут в базе.",
      away: "Telegram обрывает каждый вызов. Нажмите что-нибудь: это подождёт. Когда всё наладится, ничего не пропадёт.",
      online: "Рукопожатие свежее. Байты появляются на интерфейсе, затем в базе; спросите /stats от имени друга. Файлу со старым портом никто не ответит.",
      offline: "Счётчики стоят. Через 3 минуты без рукопожатия бот считает, что друг отключился.",
      month: "До полуночи секунды; бот перезапущен с этими часами. Смотрите: месяц начнётся с нуля, общая сумма останется, админ получит отчёт.",
      month_real: "До полуночи секунды — для бота и Telegram (у ядра время своё, поэтому друзья выглядят отключёнными). Месяц начнётся с нуля, общая сумма останется.",
    },
    step: (at, all) => `Шаг ${at} из ${all}`, done: "✓ готово", back: "Назад", next: "Дальше", finish: "Закончить", dismiss: "Закрыть экскурсию",
    steps: [
      "Два телефона — два человека: друг и админ, хозяин сервера. Нажмите «Запустить» на обоих.",
      "Друг видит картинку с цифрами: она не пускает роботов. Введите цифры на телефоне друга.",
      "Админу пришёл вопрос, впустить ли друга. Нажмите «Одобрить» на его телефоне.",
      "Попросите конфиг на телефоне друга: укажите, для какого он устройства. Одобрите на телефоне админа. Придёт файл, готовый для приложения.",
      "Загляните за кулисы: база говорит, как должно быть, интерфейс следует за ней. Устройство друга пока выключено: дёрните «Подключить» и следите за байтами.",
      "А теперь ломайте: убейте бота, понажимайте на телефонах, запустите его снова. Ничего не пропадёт и не случится дважды. Потом смените порт, исчерпайте лимит, включите фильтр в сети друга, добавьте пир вручную.",
    ],
  },
};

/* What the visitor chose, or else the first language of the browser that the page speaks, as the server sees it too. */
const preferred = () => navigator.languages.map((code) => code.slice(0, 2).toLowerCase()).find((code) => code in TEXTS);
export let language = localStorage.getItem("language") || preferred() || "en";
/* The first name of an added friend, in each language. */
export const namesOf = (place) => Object.fromEntries(Object.entries(TEXTS).map(([code, { names }]) => [code, names[place % names.length]]));
export function switchLanguage() {
  language = language === "ru" ? "en" : "ru";
  localStorage.setItem("language", language);
}
export const text = (name) => TEXTS[language][name];
export const clock = (date) => new Date(date * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
/* A moment in this browser's zone, as its entity's format asks: r relative, w weekday, d or D date, t or T time. Empty without a format. */
export function moment(entity) {
  const format = entity.date_time_format, has = (letter) => format.includes(letter), locale = language === "en" ? "en-GB" : language;
  if (format === "r") {
    const seconds = entity.unix_time - Date.now() / 1000, [length, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(([span]) => Math.abs(seconds) >= span) || [1, "second"];
    return new Intl.RelativeTimeFormat(locale).format(Math.round(seconds / length), unit);
  }
  const date = has("d") || has("D") ? { day: "numeric", month: has("D") ? "long" : "short", year: "numeric" } : {};
  const time = has("t") || has("T") ? { hour: "2-digit", minute: "2-digit", ...(has("T") ? { second: "2-digit" } : {}) } : {};
  return format && new Intl.DateTimeFormat(locale, { ...(has("w") ? { weekday: "long" } : {}), ...date, ...time }).format(entity.unix_time * 1000);
}
export function size(bytes) {
  const units = language === "ru" ? ["Б", "КБ", "МБ", "ГБ"] : ["B", "KB", "MB", "GB"];
  const step = bytes < 1e3 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return (bytes / 1000 ** step).toLocaleString(language, { maximumFractionDigits: 1 }) + " " + units[step];
}
