/* The stage below the phones: what the database holds, what the interface holds, and levers. */
import { $, ask, make } from "./parts.js";
import { telegram } from "./phone.js";
import { language, say, size } from "./words.js";
import { watchTour } from "./tour.js";

let stage = null, pulled = "look", trouble = "", busy = false;
const tab = make("button", { type: "button", role: "tab", "aria-selected": "false", hidden: true, onclick: () => document.body.classList.add("onstage") });
new MutationObserver(() => tab.setAttribute("aria-selected", String(document.body.classList.contains("onstage")))).observe(document.body, { attributeFilter: ["class"] });

/* A lever is a button that keeps its place; what it does depends on how things stand. */
const buttons = new Map();
function button(name, does) {
  const element = make("button", { type: "button", class: "lever", "data-lever": name, onclick: () => pull(does()) });
  buttons.set(name, { element, does });
  return element;
}
const state = (name) => make("span", { class: "state", "data-state": name });
const rows = [
  ["bot_row", state("bot"), button("bot", () => (stage.bot ? "kill" : "start"))],
  ["server_row", state("server"), button("reboot", () => "reboot")],
  ["interface_row", state("interface"), button("interface", () => (stage.interface.up ? "down" : "up"))],
  ["telegram_row", ...["normal", "slow", "limited", "away"].map((name) => button(name, () => name))],
  ["friend_row", button("online", () => "online"), button("offline", () => "offline")],
  ["clock_row", state("clock"), button("month", () => "month")],
].map(([name, ...parts]) => ({ name, label: make("b", {}), parts }));

function raise() {
  $("tabs").append(tab);
  $("levers").querySelector("div").append(...rows.map((row) => make("div", { class: "rail" }, row.label, make("span", {}, ...row.parts))));
  $("curtain").addEventListener("click", () => open($("boards").hidden));
  open(localStorage.getItem("stage") !== "closed");
  setInterval(tick, 1000);
}
function open(wide) {
  $("boards").hidden = !wide;
  $("curtain").setAttribute("aria-expanded", String(wide));
  localStorage.setItem("stage", wide ? "open" : "closed");
}

async function pull(lever) {
  if (busy || !stage.levers.includes(lever)) return;
  [pulled, trouble, busy] = [lever, "", true];
  drawLevers();
  drawLook();
  const seen = await ask("stage", { lever }).catch((error) => { trouble = say("failed") + error.message; });
  busy = false;
  drawStage(seen || stage);
}

export function nameStage() {
  $("curtain").textContent = tab.textContent = say("stage");
  $("truth").querySelector("h3").textContent = say("truth");
  $("levers").querySelector("h3").textContent = say("levers");
  for (const id of ["truth", "shadow"]) $(id).querySelector("div").setAttribute("aria-label", say(id));
  for (const row of rows) row.label.textContent = say(row.name);
  if (stage) drawStage(stage);
}
export function hideStage() { $("stage").hidden = true; }

export function drawStage(seen) {
  if (!stage) raise();
  stage = seen;
  telegram.ahead = seen.ahead;
  $("stage").hidden = tab.hidden = false;
  nameShadow();
  keepScroll($("truth").querySelector("div"), drawDatabase(seen.database));
  $("truth").querySelector("dl").replaceChildren(...drawFacts(seen.database));
  keepScroll($("shadow").querySelector("div"), drawInterface(seen.interface));
  drawLevers();
  drawLook();
  tick();
  watchTour(seen);
}
function nameShadow() { $("shadow").querySelector("h3").textContent = `${say("shadow")} · ${stage.interface.name}`; }
function keepScroll(place, parts) {
  const at = place.scrollTop;
  place.replaceChildren(...parts);
  place.scrollTop = at;
}

const pill = (name) => make("span", { class: "pill " + name }, say("state")[name] || name);
const flow = ([received, sent]) => `↓ ${size(sent)}  ↑ ${size(received)}`;
function list(title, rows_) {
  const items = rows_.length ? rows_ : [make("li", { class: "none" }, say("none"))];
  return [make("h4", {}, say(title)), make("ul", {}, ...items)];
}
function drawDatabase(held) {
  const asked = (state) => (state === "approved" ? "granted" : state);
  return [
    ...list("people", held.people.map((one) => make("li", {}, make("span", {}, one.name), pill(one.state)))),
    ...list("requests", held.requests.map((one) => make("li", {}, make("span", {}, `${one.name} · ${one.owner}`), pill(asked(one.state))))),
    ...list("configs", held.configs.map((one) => make("li", {}, make("span", {}, one.name, one.owner ? ` · ${one.owner}` : ""), make("code", {}, one.address), pill(one.state)))),
  ];
}
function drawFacts(held) {
  const facts = { waiting: String(held.waiting), month: flow(held.month), total: flow(held.total) };
  return Object.entries(facts).flatMap(([name, fact]) => [make("dt", {}, say(name)), make("dd", { "data-fact": name }, fact)]);
}
function drawInterface(live) {
  const verdict = !live.up ? "gone" : live.same ? "same" : "differs";
  return [
    make("p", { class: "verdict " + verdict, "data-verdict": verdict }, say(verdict)),
    make("ul", { class: "peers" }, ...live.peers.map((peer) => make("li", {},
      make("span", {}, make("code", {}, peer.address), " ", peer.name ? `${peer.name} · ${peer.owner}` : say("foreign")),
      make("small", {}, peer.age === null ? say("never") : say("ago")(peer.age)), make("small", {}, flow([peer.received, peer.sent]))))),
    live.count > live.peers.length ? make("p", { class: "none" }, `+ ${live.count - live.peers.length}`) : "",
  ];
}

function drawLevers() {
  $("levers").classList.toggle("busy", busy);
  for (const { element, does } of buttons.values()) {
    const lever = does();
    element.textContent = say("lever")[lever];
    element.title = say("look_at")[lever];
    element.setAttribute("aria-disabled", String(busy || !stage.levers.includes(lever)));
  }
  for (const name of ["normal", "slow", "limited", "away"]) buttons.get(name).element.setAttribute("aria-pressed", String(stage.telegram === name));
  const standing = { bot: stage.bot ? "running" : "dead", server: stage.machine, interface: stage.interface.up ? "up" : "missing" };
  for (const [name, how] of Object.entries(standing)) {
    const place = $("levers").querySelector(`[data-state="${name}"]`);
    place.textContent = say(how);
    place.classList.toggle("bad", how === "dead" || how === "off" || how === "missing");
  }
}
function drawLook() {
  const name = pulled === "month" && stage.real ? "month_real" : pulled;
  $("levers").querySelector(".look").textContent = trouble || say("look_at")[name] || say("look");
}
function tick() {
  const now = new Date(Date.now() + stage.ahead * 1000), place = $("levers").querySelector('[data-state="clock"]');
  place.textContent = now.toLocaleString(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
