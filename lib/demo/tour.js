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
let at = -1, stage = null, going = 0;

function go(step) {
  clearTimeout(going);
  going = 0;
  document.querySelectorAll(".shown").forEach((element) => element.classList.remove("shown"));
  at = step < STEPS.length ? step : -1;
  $("tour").hidden = at < 0;
  if (at < 0) return localStorage.setItem("tour", "seen");
  document.querySelectorAll(STEPS[at].shows).forEach((element) => element.classList.add("shown"));
  draw();
}
function draw() {
  if (at < 0) return;
  const [title, done, words] = $("tour").querySelectorAll("b, .done, .words"), last = at === STEPS.length - 1;
  title.textContent = say("step")(at + 1, STEPS.length);
  done.textContent = stage && STEPS[at].done(stage) ? say("done") : "";
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

/* Follow what happens on the stage; a step that is done under the visitor's eyes leads to the next. */
export function watchTour(seen) {
  const first = !stage, was = first || at < 0 || STEPS[at].done(stage);
  stage = seen;
  $("guide").hidden = false;
  if (first && localStorage.getItem("tour") !== "seen") return go(0);
  draw();
  if (!was && STEPS[at].done(stage) && at < STEPS.length - 1) {
    const next = at + 1;
    going = going || setTimeout(() => go(next), PAUSE);
  }
}

$("tour").querySelector(".round").append(icon("close"));
$("tour").querySelector(".round").addEventListener("click", () => go(STEPS.length));
$("tour").querySelector(".back").addEventListener("click", () => go(Math.max(0, at - 1)));
$("tour").querySelector(".next").addEventListener("click", () => go(at + 1));
$("guide").addEventListener("click", () => go(0));
