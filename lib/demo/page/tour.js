/* The guided tour: six steps, each with the part of the page to highlight and a check that it is done. */
import { $, icon } from "./elements.js";
import { text } from "./texts.js";

const PAUSE = 1500; // milliseconds during which one sees that a step is done
const STEPS = [
  { highlight: ".phones", done: (panel) => panel.database.people.length > 1 },
  { highlight: "[data-role=friend]", done: (panel) => panel.database.people.filter((person) => person.state !== "captcha").length > 1 },
  { highlight: "[data-role=admin]", done: (panel) => panel.database.people.filter((person) => person.state === "approved").length > 1 },
  { highlight: "[data-role=friend]", done: (panel) => panel.database.configs.some((config) => config.state === "live") },
  { highlight: "#panel", done: (panel) => panel.database.total[1] > 15000000 },
  { highlight: "#actions", done: (panel) => panel.kills > 0 && panel.bot },
];
let current = -1, panel = null, timer = 0, paused = false;
const isDone = () => panel !== null && STEPS[current].done(panel);

function goTo(step) {
  clearTimeout(timer);
  timer = 0;
  document.querySelectorAll(".highlight").forEach((element) => element.classList.remove("highlight"));
  current = step < STEPS.length ? step : -1;
  $("tour").hidden = current < 0;
  if (current < 0) return localStorage.setItem("tour", "seen");
  document.querySelectorAll(STEPS[current].highlight).forEach((element) => element.classList.add("highlight"));
  draw();
  advance();
}
/* Go to a step on the visitor's request. If it is done already, the tour stays there, so that they can read it. */
function turnTo(step) {
  paused = true;
  goTo(step);
  paused = current >= 0 && isDone();
}
/* When the visitor has done a step, go on to the next one after a pause. */
function advance() {
  if (current >= 0 && isDone() && !paused && !timer && current < STEPS.length - 1) timer = setTimeout(() => goTo(current + 1), PAUSE);
}
function draw() {
  if (current < 0) return;
  const [title, done, instruction] = $("tour").querySelectorAll("b, .done, .instruction"), last = current === STEPS.length - 1;
  title.textContent = text("step")(current + 1, STEPS.length);
  done.textContent = isDone() ? text("done") : "";
  instruction.textContent = text("steps")[current];
  $("tour").querySelector(".back").textContent = text("back");
  $("tour").querySelector(".back").disabled = current === 0;
  $("tour").querySelector(".next").textContent = text(last ? "finish" : "next");
}

export function labelTour() {
  $("start-tour").textContent = text("tour");
  $("tour").setAttribute("aria-label", text("tour"));
  $("tour").querySelector(".icon-button").setAttribute("aria-label", text("dismiss"));
  draw();
}

/* Check the current step against a new snapshot of the panel; the first snapshot starts the tour for new visitors. */
export function followTour(snapshot) {
  const first = !panel;
  panel = snapshot;
  $("start-tour").hidden = false;
  if (first && localStorage.getItem("tour") !== "seen") return turnTo(0);
  draw();
  advance();
}

$("tour").querySelector(".icon-button").append(icon("close"));
$("tour").querySelector(".icon-button").addEventListener("click", () => goTo(STEPS.length));
$("tour").querySelector(".back").addEventListener("click", () => turnTo(Math.max(0, current - 1)));
$("tour").querySelector(".next").addEventListener("click", () => turnTo(current + 1));
$("start-tour").addEventListener("click", () => turnTo(0));
