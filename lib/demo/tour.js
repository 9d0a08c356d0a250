/* The guided tour: six steps, each with what it takes to be done. It can be dismissed and called again. */
import { $, icon } from "./parts.js";
import { say } from "./words.js";

const PAUSE = 1500; // milliseconds in which one sees that a step is done
const STEPS = [
  { shows: ".phones", done: (stage) => stage.database.people.length > 1 },
  { shows: "[data-role=friend]", done: (stage) => stage.database.people.filter((one) => one.state !== "captcha").length > 1 },
  { shows: "[data-role=admin]", done: (stage) => stage.database.people.filter((one) => one.state === "approved").length > 1 },
  { shows: "[data-role=friend]", done: (stage) => stage.database.configs.some((one) => one.state === "live") },
  { shows: "#stage", done: (stage) => stage.database.total[1] > 15000000 },
  { shows: "#levers", done: (stage) => stage.kills > 0 && stage.bot },
];
let at = -1, stage = null, going = 0, held = false;
const isDone = () => stage !== null && STEPS[at].done(stage);

function go(step) {
  clearTimeout(going);
  going = 0;
  document.querySelectorAll(".shown").forEach((element) => element.classList.remove("shown"));
  at = step < STEPS.length ? step : -1;
  $("tour").hidden = at < 0;
  if (at < 0) return localStorage.setItem("tour", "seen");
  document.querySelectorAll(STEPS[at].shows).forEach((element) => element.classList.add("shown"));
  draw();
  proceed();
}
/* Who turns a page to read what is done already is left in peace. */
function turn(step) {
  held = true;
  go(step);
  held = at >= 0 && isDone();
}
/* A step that is done under the visitor's eyes leads to the next. */
function proceed() {
  if (at >= 0 && isDone() && !held && !going && at < STEPS.length - 1) going = setTimeout(() => go(at + 1), PAUSE);
}
function draw() {
  if (at < 0) return;
  const [title, done, words] = $("tour").querySelectorAll("b, .done, .words"), last = at === STEPS.length - 1;
  title.textContent = say("step")(at + 1, STEPS.length);
  done.textContent = isDone() ? say("done") : "";
  words.textContent = say("steps")[at];
  $("tour").querySelector(".back").textContent = say("back");
  $("tour").querySelector(".back").disabled = at === 0;
  $("tour").querySelector(".next").textContent = say(last ? "finish" : "next");
}

export function nameTour() {
  $("guide").textContent = say("tour");
  $("tour").setAttribute("aria-label", say("tour"));
  $("tour").querySelector(".round").setAttribute("aria-label", say("dismiss"));
  draw();
}

/* Follow what happens on the stage. */
export function watchTour(seen) {
  const first = !stage;
  stage = seen;
  $("guide").hidden = false;
  if (first && localStorage.getItem("tour") !== "seen") return turn(0);
  draw();
  proceed();
}

$("tour").querySelector(".round").append(icon("close"));
$("tour").querySelector(".round").addEventListener("click", () => go(STEPS.length));
$("tour").querySelector(".back").addEventListener("click", () => turn(Math.max(0, at - 1)));
$("tour").querySelector(".next").addEventListener("click", () => turn(at + 1));
$("guide").addEventListener("click", () => turn(0));
