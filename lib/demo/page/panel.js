/* The control panel below the phones: what is in the database, what is on the interface, and actions. */
import { $, ask, make } from "./elements.js";
import { telegram } from "./telegram.js";
import { language, size, text } from "./texts.js";
import { followTour } from "./tour.js";

const MODES = ["normal", "slow", "limited", "away"], OLD_DEVICES = [1, 2, 3];
let panel = null, lastAction = "", error = "", busy = false;
const tab = make("button", { type: "button", id: "panel-tab", role: "tab", "aria-selected": "false", hidden: true, onclick: () => document.body.classList.add("panel-open") });
new MutationObserver(() => tab.setAttribute("aria-selected", String(document.body.classList.contains("panel-open")))).observe(document.body, { attributeFilter: ["class"] });

/* A button keeps its place; which action it performs may depend on the current state. */
const buttons = new Map();
function button(name, choose = () => name) {
  const element = make("button", { type: "button", class: "action", "data-action": name, onclick: () => perform(choose()) });
  buttons.set(name, { element, choose });
  return element;
}
const state = (name) => make("span", { class: "state", "data-state": name });
const rows = [
  ["bot_row", state("bot"), button("bot", () => (panel.bot ? "kill" : "start"))],
  ["server_row", state("server"), button("reboot")],
  ["interface_row", state("interface"), button("interface", () => (panel.interface.up ? "down" : "up")), button("port"), button("foreign")],
  ["telegram_row", ...MODES.map((mode) => button(mode))],
  ["friend_row", button("online"), button("offline"), button("limit"), button("filter", () => (panel.filter ? "unfilter" : "filter"))],
  ["old_row", ...OLD_DEVICES.map((at) => button(`old_${at}`, () => (panel.old_devices[at - 1]?.on ? `old_off_${at}` : `old_on_${at}`)))],
  ["clock_row", state("clock"), button("month")],
].map(([name, ...parts]) => {
  const label = make("b", {});
  return { name, label, element: make("div", { class: "action-row" }, label, make("span", {}, ...parts)) };
});

function buildPanel() {
  $("tabs").append(tab);
  $("actions").querySelector("div").append(...rows.map((row) => row.element));
  $("panel-toggle").addEventListener("click", () => setExpanded($("panel-columns").hidden));
  setExpanded(localStorage.getItem("panel") !== "closed");
  setInterval(drawClock, 1000);
}
function setExpanded(expanded) {
  $("panel-columns").hidden = !expanded;
  $("panel-toggle").setAttribute("aria-expanded", String(expanded));
  localStorage.setItem("panel", expanded ? "open" : "closed");
}

async function perform(action) {
  if (busy || !panel.actions.includes(action)) return;
  [lastAction, error, busy] = [action, "", true];
  drawActions();
  drawExplanation();
  const snapshot = await ask("panel", { action }).catch((problem) => { error = text("failed") + problem.message; });
  busy = false;
  drawPanel(snapshot || panel);
}

export function labelPanel() {
  $("panel-toggle").textContent = tab.textContent = text("panel");
  $("database").querySelector("h3").textContent = text("database");
  $("actions").querySelector("h3").textContent = text("actions");
  $("interface").querySelector("h3").textContent = text("interface");
  for (const id of ["database", "interface"]) $(id).querySelector("div").setAttribute("aria-label", text(id));
  for (const row of rows) row.label.textContent = text(row.name);
  if (panel) drawPanel(panel);
}
export function hidePanel() { $("panel").hidden = true; }

export function drawPanel(snapshot) {
  if (!panel) buildPanel();
  panel = snapshot;
  telegram.clockOffset = panel.clock_offset;
  $("panel").hidden = tab.hidden = false;
  replaceContent($("database").querySelector("div"), drawDatabase(panel.database));
  $("database").querySelector("dl").replaceChildren(...drawFacts(panel.database));
  replaceContent($("interface").querySelector("div"), drawInterface(panel.interface));
  drawActions();
  drawExplanation();
  drawClock();
  followTour(panel);
}
/* Replace the content of a box and keep its scroll position. */
function replaceContent(box, children) {
  const position = box.scrollTop;
  box.replaceChildren(...children);
  box.scrollTop = position;
}

const pill = (name) => make("span", { class: "pill " + name }, text("states")[name] || name);
const traffic = ([received, sent]) => `↓ ${size(sent)}  ↑ ${size(received)}`;
function list(title, items) {
  return [make("h4", {}, text(title)), make("ul", {}, ...(items.length ? items : [make("li", { class: "none" }, text("none"))]))];
}
function drawDatabase(database) {
  const requestState = (state) => (state === "approved" ? "granted" : state);
  return [
    ...list("people", database.people.map((person) => make("li", {}, make("span", {}, person.name), pill(person.state)))),
    ...list("requests", database.requests.map((request) => make("li", {}, make("span", {}, `${request.name} · ${request.owner}`), pill(requestState(request.state))))),
    ...list("configs", database.configs.map((config) => make("li", {}, make("span", {}, config.name, config.owner ? ` · ${config.owner}` : ""), make("code", {}, config.address), pill(config.state)))),
  ];
}
function drawFacts(database) {
  const facts = { waiting: String(database.waiting), month: traffic(database.month), total: traffic(database.total) };
  return Object.entries(facts).flatMap(([name, fact]) => [make("dt", {}, text(name)), make("dd", { "data-fact": name }, fact)]);
}
function drawInterface(live) {
  const verdict = !live.up ? "gone" : live.same ? "same" : "differs";
  return [
    make("p", { class: "verdict " + verdict, "data-verdict": verdict }, text(verdict)),
    make("p", { class: "none" }, make("code", {}, `${live.name}:${live.port}`)),
    make("ul", { class: "peers" }, ...live.peers.map((peer) => make("li", {},
      make("span", {}, make("code", {}, peer.address), " ", [peer.name, peer.owner || text("foreign")].filter(Boolean).join(" · ")),
      make("small", {}, peer.age === null ? text("never") : text("ago")(peer.age)), make("small", {}, traffic([peer.received, peer.sent]))))),
    live.count > live.peers.length ? make("p", { class: "none" }, `+ ${live.count - live.peers.length}`) : "",
  ];
}

function drawActions() {
  $("actions").classList.toggle("busy", busy);
  for (const { element, choose } of buttons.values()) {
    const action = choose();
    element.textContent = text("action_names")[action] || "";
    element.title = explain(action);
    element.setAttribute("aria-disabled", String(busy || !panel.actions.includes(action)));
  }
  for (const mode of MODES) buttons.get(mode).element.setAttribute("aria-pressed", String(panel.telegram === mode));
  for (const at of OLD_DEVICES) drawOldDevice(buttons.get(`old_${at}`).element, panel.old_devices[at - 1]);
  rows.find((row) => row.name === "old_row").element.hidden = !panel.old_devices.length;
  const states = { bot: panel.bot ? "running" : "dead", server: panel.machine, interface: panel.interface.up ? "up" : "missing" };
  for (const [name, current] of Object.entries(states)) {
    const element = $("actions").querySelector(`[data-state="${name}"]`);
    element.textContent = text(current);
    element.classList.toggle("bad", current === "dead" || current === "off" || current === "missing");
  }
}
/* Draw a switch for a device that was added by hand, labelled with its name and pressed while the device is on. */
function drawOldDevice(element, device) {
  element.hidden = !device;
  element.textContent = device?.name || "";
  element.setAttribute("aria-pressed", String(Boolean(device?.on)));
}
function explain(action) {
  const all = text("explanations"), name = action.replace(/_\d$/, "");
  return (panel.real && all[name + "_real"]) || all[name];
}
function drawExplanation() {
  $("actions").querySelector(".explanation").textContent = error || explain(lastAction) || text("actions_hint");
}
function drawClock() {
  const now = new Date(Date.now() + panel.clock_offset * 1000), element = $("actions").querySelector('[data-state="clock"]');
  element.textContent = now.toLocaleString(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}
