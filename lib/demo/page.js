/* Seats for everybody, and what happens to them. */
import { $, ask } from "./parts.js";
import { Phone, telegram } from "./phone.js";
import { drawStage, hideStage, nameStage } from "./stage.js";
import { nameTour } from "./tour.js";
import { changeLanguage, language, say } from "./words.js";

const phones = new Map();

function seat(person) {
  const known = phones.get(person.id);
  if (known) return known;
  const phone = new Phone(person);
  phones.set(person.id, phone);
  $("phones").append(phone.seat);
  $("tabs").append(phone.tab);
  return phone;
}

function greet() {
  document.documentElement.lang = language;
  for (const name of ["title", "hint", "more"]) $(name).textContent = say(name);
  $("hint").classList.remove("offline");
  $("language").textContent = say("other");
  $("large").querySelector("a").textContent = say("save");
  $("large").querySelector("button").textContent = say("close");
  document.title = say("title");
  nameStage();
  nameTour();
}
$("language").addEventListener("click", () => {
  changeLanguage();
  greet();
  for (const phone of phones.values()) { phone.build(); speak(phone.person); }
});
/* A person's app speaks the language of the page; the bot learns it when they first meet. */
function speak({ id, first_name, last_name = "", username = "" }) {
  return ask("users", { id, first_name, last_name, username, language_code: language });
}
$("more").addEventListener("click", async () => {
  const names = say("names"), friends = [...phones.values()].filter((phone) => phone.person.role !== "admin").length - 1;
  const id = 1 + Math.max(3000, ...phones.keys());
  const person = await ask("users", { id, first_name: names[Math.max(0, friends) % names.length], language_code: language });
  const phone = seat({ ...person, role: "friend" });
  await phone.load();
  phone.show();
});
document.addEventListener("click", (event) => {
  for (const phone of phones.values()) {
    if (!event.target.closest?.(".head") || !phone.seat.contains(event.target)) phone.options.hidden = true;
    if (phone.list && !phone.foot.contains(event.target)) phone.list.hidden = true;
  }
});

const HAPPENINGS = {
  message: (phone, event) => phone.add(event.message),
  edited: (phone, event) => phone.change(event.message),
  deleted: (phone, event) => phone.remove(event.message_id),
  action: (phone, event) => phone.busy(event.action),
  answer: (phone, event) => { telegram.answered.add(event.callback_query_id); phone.answer(event); },
  person: (phone, event) => { Object.assign(phone.person, event.user); phone.drawFoot(); },
};
async function happen(event) {
  if (event.event === "stage") {
    drawStage(event.stage);
  } else if (event.event === "confirmed") {
    telegram.confirmed = event.offset;
    for (const phone of phones.values()) phone.tick();
  } else if (event.event === "commands") {
    for (const phone of phones.values()) { phone.commands = await ask("commands?user_id=" + phone.person.id); phone.drawFoot(); }
  } else if (event.event === "bot") {
    telegram.bot = await ask("bot?language_code=" + language);
    for (const phone of phones.values()) phone.build();
  } else {
    const phone = phones.get(event.user_id ?? event.user?.id);
    if (phone) HAPPENINGS[event.event]?.(phone, event);
  }
}

/* Watch first, then read what is there, then apply what happened meanwhile: nothing falls between. */
async function load() {
  greet();
  const [cast, users, pending] = await Promise.all([ask("cast"), ask("users"), ask("pending")]);
  telegram.bot = await ask("bot?language_code=" + language);
  telegram.confirmed = pending.confirmed;
  const roles = new Map(cast.map((person) => [person.id, person]));
  for (const person of [...cast, ...users.filter((user) => !roles.has(user.id))]) {
    const phone = seat({ ...person, role: person.role || "friend" });
    Object.assign(phone.person, users.find((user) => user.id === person.id));
    await phone.load();
  }
  const stage = await ask("stage");
  stage ? drawStage(stage) : hideStage();
}
let held = [];
function watch() {
  const events = new EventSource("/control/events");
  events.onopen = async () => {
    held = [];
    await load();
    const meanwhile = held;
    held = null;
    for (const event of meanwhile) await happen(event);
    document.body.dataset.ready = "true";
  };
  events.onmessage = (message) => { const event = JSON.parse(message.data); held ? held.push(event) : happen(event); };
  events.onerror = () => { held = []; $("hint").textContent = say("offline"); $("hint").classList.add("offline"); };
}
greet();
watch();
