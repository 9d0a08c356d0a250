/* All texts of the page itself, in both languages, and the formats of sizes and times. */

const TEXTS = {
  en: { title: "AndreyVPN: try it", hint: "Every phone is a person who talks to the real bot. Tap, type, wait a moment.", add_friend: "+ friend",
    other_language: "Русский", friend: "friend", admin: "admin", bot: "bot", typing: "typing…", sending: "sending a file…", edited: "edited ",
    start: "START", unblock: "UNBLOCK BOT", block: "Block the bot", write: "Message", menu: "Menu", send: "Send", options: "Options",
    nothing: "No messages here yet.\nPress START to begin.", today: "Today", copied: "Copied", ok: "OK", photo: "Photo", save: "Download", close: "Close", commands: "Commands", cancel: "Don't reply", newest: "To the newest message",
    offline: "The server of this demo does not answer. Is it running?", picture: "Open the picture", names: ["Boris", "Vera", "Gleb", "Dina", "Max", "Zoe"],
    panel: "Behind the scenes", tour: "Tour", people: "People", requests: "Requests", configs: "Configs", none: "none yet",
    waiting: "Messages on their way", month: "This month", total: "Since the beginning", database: "Database: what shall be", interface: "Interface: what is",
    same: "✓ exactly what the database wants", differs: "≠ not what the database wants", gone: "✗ there is no interface now", bot_row: "Bot", server_row: "Server",
    interface_row: "Interface", telegram_row: "Telegram", friend_row: "Friend", clock_row: "Clock", running: "running", dead: "dead", up: "up", off: "off", booting: "booting…",
    missing: "gone", never: "no handshake yet", ago: (age) => age < 100 ? `handshake ${age} s ago` : `handshake ${Math.round(age / 60)} min ago`, foreign: "not the bot's", actions: "Levers",
    actions_hint: "Pull a lever; this line says what to look at.", failed: "That did not work: ",
    states: { captcha: "at the picture", pending: "waits", approved: "let in", rejected: "refused", blocked: "blocked", cancelled: "cancelled", issued: "issued", granted: "granted",
      live: "live", coming: "on its way", off: "used up", paused: "paused", expired: "expired", revoked: "revoked" },
    action_names: { kill: "Kill the bot", start: "Start the bot", reboot: "Reboot", down: "Take it down", up: "Bring it up", normal: "Normal", slow: "Slow", limited: "Limits (429)",
      away: "Away", online: "Goes online, downloads", offline: "Goes offline", month: "Jump to the 1st" },
    explanations: {
      kill: "The bot is dead, the VPN is not: peers stay. Tap or write on a phone: it waits there (one tick). Then start the bot.",
      start: "The bot goes on where it was: what was tapped meanwhile is answered, once.",
      reboot: "First the peers come back, from the bot's file; the bot follows seconds later. The VPN does not need it.",
      down: "Peers and counters are gone; the database still holds everything, and the admin is told. Bring it up again.",
      up: "The same peers are back, with the same keys. Counters begin at zero, the month's sum goes on.",
      normal: "What waited is sent now, in order, each message once. The bot may take half a minute to try again.",
      slow: "Every call takes 3 seconds. Tap something: the answer comes late, in order, and once.",
      limited: "Telegram refuses to send and asks for 5 seconds. Tap something: messages wait in the database until it is normal.",
      away: "Telegram hangs up on every call. Tap something: it waits. Nothing is lost when it is normal again.",
      online: "The handshake is fresh. Bytes appear on the interface, then in the database; ask /stats as the friend.",
      offline: "The counters stand still. After 3 minutes without a handshake the bot calls the friend offline.",
      month: "Seconds to midnight; the bot was started anew with that clock. Watch: this month begins at zero, the total stays, the admin gets the table.",
      month_real: "Seconds to midnight for bot and Telegram (the kernel keeps its time, so friends look offline). This month begins at zero, the total stays.",
    },
    step: (at, all) => `Step ${at} of ${all}`, done: "✓ done", back: "Back", next: "Next", finish: "Finish", dismiss: "Close the tour",
    steps: [
      "Two phones, two people: a friend, and the admin who owns the server. Press START on both.",
      "The friend sees a picture with digits, which keeps robots out. Type them on the friend's phone.",
      "The admin is asked whether the friend may come in. Tap Approve on the admin's phone.",
      "Ask for a config as the friend: tap a device below “You're in!”. Approve as the admin. A file arrives, with the steps for that device.",
      "Look behind the scenes: the database says what shall be, the interface follows. Pull “Goes online, downloads” and watch the bytes.",
      "Now break it: kill the bot, tap around on the phones, start it again. Nothing is lost, nothing happens twice. Try the other levers.",
    ],
  },
  ru: { title: "AndreyVPN: попробуйте", hint: "Каждый телефон — человек, который говорит с настоящим ботом.", add_friend: "+ друг",
    other_language: "English", friend: "друг", admin: "администратор", bot: "бот", typing: "печатает…", sending: "отправляет файл…", edited: "изменено ",
    start: "НАЧАТЬ", unblock: "РАЗБЛОКИРОВАТЬ БОТА", block: "Заблокировать бота", write: "Сообщение", menu: "Меню", send: "Отправить", options: "Действия",
    nothing: "Здесь пока ничего нет.\nНажмите «Начать».", today: "Сегодня", copied: "Скопировано", ok: "OK", photo: "Фотография", save: "Скачать", close: "Закрыть", commands: "Команды", cancel: "Не отвечать", newest: "К последнему сообщению",
    offline: "Сервер демонстрации не отвечает. Он запущен?", picture: "Открыть картинку", names: ["Борис", "Вера", "Глеб", "Дина", "Максим", "Зоя"],
    panel: "За кулисами", tour: "Экскурсия", people: "Люди", requests: "Запросы", configs: "Конфиги", none: "пока нет",
    waiting: "Сообщений в пути", month: "За этот месяц", total: "За всё время", database: "База: как должно быть", interface: "Интерфейс: как есть",
    same: "✓ в точности то, что хочет база", differs: "≠ не то, чего хочет база", gone: "✗ интерфейса сейчас нет", bot_row: "Бот", server_row: "Сервер",
    interface_row: "Интерфейс", telegram_row: "Telegram", friend_row: "Друг", clock_row: "Часы", running: "работает", dead: "убит", up: "работает", off: "выключен", booting: "загружается…",
    missing: "пропал", never: "ещё не подключался", ago: (age) => age < 100 ? `рукопожатие ${age} с назад` : `рукопожатие ${Math.round(age / 60)} мин назад`, foreign: "не от бота", actions: "Рычаги",
    actions_hint: "Дёрните рычаг: здесь появится подсказка, куда смотреть.", failed: "Не получилось: ",
    states: { captcha: "перед картинкой", pending: "ждёт", approved: "впущен", rejected: "отказано", blocked: "закрыт", cancelled: "отменён", issued: "выдан", granted: "одобрен",
      live: "работает", coming: "появляется", off: "лимит исчерпан", paused: "на паузе", expired: "истёк", revoked: "отозван" },
    action_names: { kill: "Убить бота", start: "Запустить бота", reboot: "Перезагрузить", down: "Убрать", up: "Поднять", normal: "Обычно", slow: "Медленно", limited: "Лимиты (429)",
      away: "Нет связи", online: "Подключается и качает", offline: "Отключается", month: "Прыгнуть к 1-му числу" },
    explanations: {
      kill: "Бота нет, а VPN работает: пиры на месте. Нажмите или напишите что-нибудь — это подождёт (одна галочка). Потом запустите бота.",
      start: "Бот продолжает с того же места: на всё, что нажали без него, он ответит, и только один раз.",
      reboot: "Сначала возвращаются пиры, из файла бота; сам бот — через несколько секунд. VPN в нём не нуждается.",
      down: "Пиры и счётчики пропали; в базе всё цело, админу об этом скажут. Поднимите интерфейс снова.",
      up: "Вернулись те же пиры с теми же ключами. Счётчики пошли с нуля, сумма за месяц продолжается.",
      normal: "Всё, что ждало, уходит сейчас: по порядку и по одному разу. Следующая попытка бота — в пределах полуминуты.",
      slow: "Каждый вызов длится 3 секунды. Нажмите что-нибудь: ответ придёт позже, по порядку и один раз.",
      limited: "Telegram отказывается отправлять и просит подождать 5 секунд. Нажмите что-нибудь: сообщения подождут в базе.",
      away: "Telegram обрывает каждый вызов. Нажмите что-нибудь: это подождёт. Когда всё наладится, ничего не пропадёт.",
      online: "Рукопожатие свежее. Байты появляются на интерфейсе, затем в базе; спросите /stats от имени друга.",
      offline: "Счётчики стоят. Через 3 минуты без рукопожатия бот считает, что друг отключился.",
      month: "До полуночи секунды; бот перезапущен с этими часами. Смотрите: месяц начнётся с нуля, общая сумма останется, админ получит таблицу.",
      month_real: "До полуночи секунды — для бота и Telegram (у ядра время своё, поэтому друзья выглядят отключёнными). Месяц начнётся с нуля, общая сумма останется.",
    },
    step: (at, all) => `Шаг ${at} из ${all}`, done: "✓ готово", back: "Назад", next: "Дальше", finish: "Закончить", dismiss: "Закрыть экскурсию",
    steps: [
      "Два телефона — два человека: друг и администратор, хозяин сервера. Нажмите «Начать» на обоих.",
      "Друг видит картинку с цифрами: она не пускает роботов. Введите цифры на телефоне друга.",
      "Администратора спросили, впустить ли друга. Нажмите «Одобрить» на его телефоне.",
      "Попросите конфиг от имени друга: нажмите устройство под «Вас впустили!». Одобрите как администратор. Придёт файл, а с ним — что делать на этом устройстве.",
      "Загляните за кулисы: база говорит, как должно быть, интерфейс следует за ней. Дёрните «Подключается и качает» и следите за байтами.",
      "А теперь ломайте: убейте бота, понажимайте на телефонах, запустите его снова. Ничего не пропадёт и не случится дважды. Попробуйте и другие рычаги.",
    ],
  },
};

export let language = localStorage.getItem("language") || (navigator.language.startsWith("ru") ? "ru" : "en");
export function switchLanguage() {
  language = language === "ru" ? "en" : "ru";
  localStorage.setItem("language", language);
}
export const text = (name) => TEXTS[language][name];
export const clock = (date) => new Date(date * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
export function size(bytes) {
  const units = language === "ru" ? ["Б", "КБ", "МБ", "ГБ"] : ["B", "KB", "MB", "GB"];
  const step = bytes < 1e3 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return (bytes / 1000 ** step).toLocaleString(language, { maximumFractionDigits: 1 }) + " " + units[step];
}
