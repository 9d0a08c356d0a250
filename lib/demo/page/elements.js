/* What the page is built from: elements, icons, formatted text, toasts and dialogs; and calls of the control API. */
import { moment, size, text } from "./texts.js";

const ICONS = {
  send: "M3 20.5 22 12 3 3.500v6.600l12 1.900-12 1.900z", dots: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  file: "M6 2h8l5 5v15H6zm7 1.500V8h4.500z", close: "m6 4.600 6 6 6-6L19.400 6l-6 6 6 6-1.400 1.400-6-6-6 6L4.600 18l6-6-6-6z",
};
export const $ = (id) => document.getElementById(id);

/* Create an element. `on…` attributes are event listeners; strings among the children become text, never markup. */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
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

/* Call the control API: POST with a body, otherwise GET. It answers only pages of its own run. */
export const run = document.body.dataset.run;
export async function ask(path, body) {
  const headers = { "X-Run": run, "Content-Type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch("/control/" + path, options);
  const content = await response.json();
  if (!response.ok) throw new Error(content.error);
  return content;
}
const fileUrl = (id) => "/control/file?id=" + encodeURIComponent(id);

/* Return the nodes of a formatted text. Entities may be nested; their offsets are UTF-16 units, as in JavaScript. */
export function formatted(phone, source, entities, from = 0, to = source.length) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i], end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) continue;
    nodes.push(...withLinks(source.slice(at, entity.offset)));
    const nested = [];
    while (i + 1 < entities.length && entities[i + 1].offset < end) nested.push(entities[++i]);
    nodes.push(entityElement(phone, entity, source.slice(entity.offset, end), formatted(phone, source, nested, entity.offset, end)));
    at = end;
  }
  return [...nodes, ...withLinks(source.slice(at, to))];
}
function withLinks(source) {
  return source.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)»])/).map((part, i) => (i % 2 ? link(part, [part]) : document.createTextNode(part)));
}
const link = (href, children) => make("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
function entityElement(phone, entity, source, children) {
  const tags = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", blockquote: "blockquote", expandable_blockquote: "blockquote" };
  if (tags[entity.type]) return make(tags[entity.type], {}, ...children);
  if (entity.type === "code" || entity.type === "pre") return make(entity.type, { onclick: () => copy(phone, source) }, source);
  if (entity.type === "text_link" && /^(https?|tg|mailto):/i.test(entity.url)) return link(entity.url, children);
  if (entity.type === "bot_command") return make("button", { type: "button", class: "command", onclick: () => phone.send(source) }, source);
  if (entity.type === "date_time") return make("time", { datetime: new Date(entity.unix_time * 1000).toISOString(), title: source }, moment(entity) || source);
  if (entity.type === "spoiler") return make("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("seen") }, ...children);
  return make("span", {}, ...children);
}

/* The photo and the document of a message, if it has one. */
export function photoButton(message) {
  if (!message.photo) return null;
  const photo = message.photo[message.photo.length - 1], url = fileUrl(photo.file_id);
  const image = make("img", { src: url, width: photo.width, height: photo.height, alt: message.caption || text("photo") });
  return make("button", { type: "button", class: "photo", "aria-label": text("picture"), onclick: () => openViewer(url, image.alt) }, image);
}
export function fileLink(file) {
  if (!file) return null;
  return make("a", { class: "file", href: fileUrl(file.file_id), download: file.file_name }, make("i", {}, icon("file")),
    make("span", {}, make("b", {}, file.file_name), make("small", {}, size(file.file_size))));
}

/* Show a message for a few seconds, this far above the lower edge of the phone's screen. */
export function showToast(screen, bottom, message) {
  screen.querySelector(".toast")?.remove();
  const toast = make("div", { class: "toast", role: "status" }, message);
  toast.style.bottom = bottom + "px";
  screen.append(toast);
  setTimeout(() => toast.remove(), 3500);
}
/* Show a message until it is confirmed. */
export function showAlert(screen, message) {
  screen.querySelector(".overlay")?.remove();
  const ok = make("button", { type: "button", onclick: () => overlay.remove() }, text("ok"));
  const overlay = make("div", { class: "overlay", onkeydown: (event) => { if (event.key === "Escape") overlay.remove(); } },
    make("div", { class: "alert", role: "alertdialog", "aria-label": message }, make("p", {}, message), ok));
  screen.append(overlay);
  ok.focus();
}
export async function copy(phone, source) {
  await navigator.clipboard.writeText(source).catch(() => {});
  phone.toast(text("copied"));
}
function openViewer(url, description) {
  const [image, save] = $("viewer").querySelectorAll("img, a");
  image.src = url;
  image.alt = description;
  save.href = url;
  save.download = "picture.png";
  $("viewer").showModal();
}
$("viewer").addEventListener("click", (event) => { if (event.target.tagName !== "A") $("viewer").close(); });
