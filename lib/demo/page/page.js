/* The page: a phone for each person, and the events that the server sends to them. */
import { $, ask, make, run } from "./elements.js";
import { drawPanel, hidePanel, labelPanel } from "./panel.js";
import { Phone } from "./phone.js";
import { telegram } from "./telegram.js";
import { language, namesOf, switchLanguage, text } from "./texts.js";
import { labelTour } from "./tour.js";

const phones = new Map();

function addPhone(person) {
  const existing = phones.get(person.id);
  if (existing) return existing;
  const phone = new Phone(person);
  phones.set(person.id, phone);
  $("phones").append(phone.column);
  $("tabs").insertBefore(phone.tab, $("panel-tab"));
  return phone;
}

function labelPage() {
  document.documentElement.lang = language;
  document.title = text("title");
  const [name, invitation] = text("title").split(": ");
  $("title").replaceChildren(name, make("span", {}, `: ${invitation}`));
  $("hint").textContent = text("hint");
  $("hint").classList.remove("offline");
  $("add-friend").textContent = text("add_friend");
  $("language").textContent = text("other_language");
  $("viewer").querySelector("a").textContent = text("save");
  $("viewer").querySelector("button").textContent = text("close");
  labelPanel();
  labelTour();
}
$("language").addEventListener("click", () => {
  switchLanguage();
  labelPage();
  for (const phone of phones.values()) phone.build();
  speak();
});
/* A person's Telegram is in the language of the page; the bot learns it when they first write. */
const speak = () => ask("speak", { language_code: language });

async function addFriend() {
  const added = [...phones.values()].filter((phone) => phone.person.role !== "admin").length - 1;
  const id = 1 + Math.max(3000, ...phones.keys()), names = namesOf(Math.max(0, added));
  const person = await ask("users", { id, first_name: names[language], names, language_code: language });
  const phone = addPhone({ ...person, role: "friend" });
  await phone.load();
  phone.show();
  return phone;
}
$("add-friend").addEventListener("click", addFriend);

/* A link to this bot, such as an invitation, is followed on a new phone: whoever gets it is somebody else. */
document.addEventListener("click", async (event) => {
  const code = startCode(event.target.closest?.("a[href]")?.href);
  if (code === null) return;
  event.preventDefault();
  (await addFriend()).send(`/start ${code}`.trim());
});
export function startCode(address) {
  if (!address || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.host !== "t.me") return null;
  if (url.pathname === "/share/url") return startCode(url.searchParams.get("url"));
  return url.pathname.slice(1) === telegram.bot.username ? url.searchParams.get("start") || "" : null;
}

/* A click outside of a menu closes it, and so does Esc. */
document.addEventListener("click", (event) => { for (const phone of phones.values()) phone.closeMenus(event.target); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const phone of phones.values()) phone.closeMenus(null);
});

const PHONE_EVENTS = {
  message: (phone, event) => phone.add(event.message),
  edited: (phone, event) => phone.change(event.message),
  deleted: (phone, event) => phone.remove(event.message_id),
  action: (phone, event) => phone.showActivity(event.action),
  answer: (phone, event) => { telegram.answered.add(event.callback_query_id); phone.showAnswer(event); },
  person: (phone, event) => { Object.assign(phone.person, event.user); phone.drawName(); phone.drawFooter(); },
};
async function handle(event) {
  if (event.event === "panel") {
    drawPanel(event.panel);
  } else if (event.event === "confirmed") {
    telegram.confirmed = event.offset;
    for (const phone of phones.values()) phone.updateTicks();
  } else if (event.event === "commands") {
    for (const phone of phones.values()) { phone.commands = await ask("commands?user_id=" + phone.person.id); phone.drawFooter(); }
  } else if (event.event === "bot") {
    telegram.bot = await ask("bot?language_code=" + language);
    for (const phone of phones.values()) phone.build();
  } else {
    const phone = phones.get(event.user_id ?? event.user?.id);
    if (phone) PHONE_EVENTS[event.event]?.(phone, event);
  }
}

async function load() {
  labelPage();
  const [people, pending] = await Promise.all([ask("users"), ask("pending")]);
  telegram.bot = await ask("bot?language_code=" + language);
  telegram.confirmed = pending.confirmed;
  for (const person of people) {
    const phone = addPhone(person);
    Object.assign(phone.person, person);
    await phone.load();
  }
  if (people.some((person) => !person.started && person.language_code !== language)) await speak();
  const panel = await ask("panel");
  panel ? drawPanel(panel) : hidePanel();
}
/* Listen first, then load, then handle what arrived meanwhile, so that no event is missed. */
let waiting = [];
function listen() {
  const events = new EventSource("/control/events?run=" + run);
  events.onopen = async () => {
    waiting = [];
    await load();
    const arrived = waiting;
    waiting = null;
    for (const event of arrived) await handle(event);
    document.body.dataset.ready = "true";
  };
  events.onmessage = (message) => { const event = JSON.parse(message.data); waiting ? waiting.push(event) : handle(event); };
  events.onerror = () => {
    waiting = [];
    $("hint").textContent = text(events.readyState === EventSource.CLOSED ? "another_run" : "offline");
    $("hint").classList.add("offline");
  };
}
labelPage();
listen();
