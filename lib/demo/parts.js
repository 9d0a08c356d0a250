/* What the page is built of: elements, icons, formatted text, and calls of the demo's server. */
import { say } from "./words.js";

const ICONS = {
  send: "M3 20.5 22 12 3 3.500v6.600l12 1.900-12 1.900z", dots: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  file: "M6 2h8l5 5v15H6zm7 1.500V8h4.500z", close: "m6 4.600 6 6 6-6L19.400 6l-6 6 6 6-1.400 1.400-6-6-6 6L4.600 18l6-6-6-6z",
};
export const $ = (id) => document.getElementById(id);

/* Build an element: text is always text, never markup. */
export function make(tag, about, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside.filter((part) => part !== null && part !== undefined));
  return element;
}
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
export async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch("/control/" + path, options);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error);
  return content;
}
export const fileAddress = (id) => "/control/file?id=" + encodeURIComponent(id);

/* Formatted text: entities may nest; offsets are UTF-16 units, as in JavaScript. */
export function formatted(phone, text, entities, from = 0, to = text.length) {
  const parts = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i], end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) continue;
    parts.push(...plain(text.slice(at, entity.offset)));
    const inner = [];
    while (i + 1 < entities.length && entities[i + 1].offset < end) inner.push(entities[++i]);
    parts.push(dressed(phone, entity, text.slice(entity.offset, end), formatted(phone, text, inner, entity.offset, end)));
    at = end;
  }
  return [...parts, ...plain(text.slice(at, to))];
}
function plain(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)»])/).map((part, i) => (i % 2 ? link(part, [part]) : document.createTextNode(part)));
}
const link = (href, inside) => make("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...inside);
function dressed(phone, entity, text, inside) {
  const tags = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", blockquote: "blockquote", expandable_blockquote: "blockquote" };
  if (tags[entity.type]) return make(tags[entity.type], {}, ...inside);
  if (entity.type === "code" || entity.type === "pre") return make(entity.type, { onclick: () => copy(phone, text) }, text);
  if (entity.type === "text_link" && /^(https?|tg|mailto):/i.test(entity.url)) return link(entity.url, inside);
  if (entity.type === "bot_command") return make("button", { type: "button", class: "command", onclick: () => phone.send(text) }, text);
  if (entity.type === "spoiler") return make("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("seen") }, ...inside);
  return make("span", {}, ...inside);
}
/* A line that passes by above a phone's foot, and words that wait for an OK. */
export function toast(phone, height, text) {
  phone.querySelector(".toast")?.remove();
  const line = make("div", { class: "toast", role: "status" }, text);
  line.style.bottom = height + "px";
  phone.append(line);
  setTimeout(() => line.remove(), 3500);
}
export function alarm(phone, text) {
  phone.querySelector(".veil")?.remove();
  const ok = make("button", { type: "button", onclick: () => veil.remove() }, say("ok"));
  const veil = make("div", { class: "veil", onkeydown: (event) => { if (event.key === "Escape") veil.remove(); } },
    make("div", { class: "alert", role: "alertdialog", "aria-label": text }, make("p", {}, text), ok));
  phone.append(veil);
  ok.focus();
}
export async function copy(phone, text) {
  await navigator.clipboard.writeText(text).catch(() => {});
  phone.toast(say("copied"));
}
export function enlarge(source, about) {
  const [image, save] = $("large").querySelectorAll("img, a");
  image.src = source;
  image.alt = about;
  save.href = source;
  save.download = "picture.png";
  $("large").showModal();
}
$("large").addEventListener("click", (event) => { if (event.target.tagName !== "A") $("large").close(); });
