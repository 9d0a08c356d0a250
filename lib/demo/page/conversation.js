/* A conversation is one stop for Tab. Inside, the arrow keys lead from button to button, Home and End to the ends. */
const ITEMS = "button, a[href]";

export function makeOneStop(box) {
  let current = null;
  const items = () => [...box.querySelectorAll(ITEMS)];
  function settle() {
    const all = items();
    if (!all.includes(current) || !box.contains(document.activeElement)) current = startOf(all);
    for (const item of all) item.tabIndex = item === current ? 0 : -1;
    box.tabIndex = all.length ? -1 : 0;
  }
  new MutationObserver(settle).observe(box, { childList: true, subtree: true });
  box.addEventListener("focusin", (event) => { current = event.target.closest(ITEMS) || current; settle(); });
  box.addEventListener("keydown", (event) => {
    const next = event.target === box ? null : choose(items(), event.target, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  settle();
}

/* Where Tab arrives: at the first button below the newest message that has any. */
function startOf(all) {
  const keys = all.filter((item) => item.matches(".key")), newest = keys.at(-1)?.closest(".message");
  return keys.find((key) => newest.contains(key)) || all.at(-1);
}

function choose(all, item, key) {
  const at = all.indexOf(item);
  if (key === "ArrowRight" || key === "ArrowLeft") return all[at + (key === "ArrowRight" ? 1 : -1)];
  if (key === "Home" || key === "End") return all.at(key === "Home" ? 0 : -1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const down = key === "ArrowDown", from = item.getBoundingClientRect();
  const distance = (box) => (down ? box.top - from.bottom : from.top - box.bottom);
  const beyond = all.map((other) => ({ other, box: other.getBoundingClientRect() })).filter(({ box }) => distance(box) > -2);
  const aside = ({ box }) => Math.abs(box.left + box.width / 2 - from.left - from.width / 2);
  return beyond.sort((one, two) => Math.round(distance(one.box) - distance(two.box)) || aside(one) - aside(two))[0]?.other;
}
