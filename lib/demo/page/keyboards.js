/* The buttons below a message, and those that stand in place of the phone's keyboard. */
import { ask, copy, make } from "./elements.js";
import { telegram } from "./telegram.js";

export function inlineKey(phone, message, key) {
  const style = "key " + (key.style || "");
  if (key.url) return make("a", { class: style + " link", href: /^(https?|tg):/i.test(key.url) ? key.url : "https://" + key.url, target: "_blank", rel: "noopener noreferrer" }, key.text);
  if (key.copy_text) return make("button", { type: "button", class: style + " copy", onclick: () => copy(phone, key.copy_text.text) }, key.text);
  const button = make("button", { type: "button", class: style, "data-data": key.callback_data }, key.text);
  button.addEventListener("click", () => press(phone, message, key, button));
  return button;
}

async function press(phone, message, key, button) {
  if (button.classList.contains("waiting")) return;
  button.classList.add("waiting");
  const endWaiting = () => button.classList.remove("waiting");
  setTimeout(endWaiting, 15000);
  try {
    const query = (await ask("press", { user_id: phone.person.id, message_id: message.message_id, data: key.callback_data })).callback_query_id;
    if (telegram.answered.has(query)) endWaiting();
    else phone.pressed.set(query, endWaiting);
  } catch { endWaiting(); }
}

/* The newest reply keyboard stays until the bot removes it. It may also set the placeholder of the input field. */
export function replyKeyboard(phone) {
  phone.placeholder = "";
  const received = [...phone.messages.values()].filter((message) => message.outgoing && !message.deleted && message.keyboard);
  const last = received.filter((message) => !message.keyboard.inline_keyboard).pop();
  if (!last || last.keyboard.remove_keyboard) return null;
  phone.placeholder = last.keyboard.input_field_placeholder || "";
  if (!last.keyboard.keyboard || phone.usedKeyboard === last.message_id) return null;
  const press = (label) => { if (last.keyboard.one_time_keyboard) phone.usedKeyboard = last.message_id; phone.send(label); };
  return make("div", { class: "reply-keyboard" }, ...last.keyboard.keyboard.map((row) => make("div", { class: "row" }, ...row.map((key) => {
    const label = key.text || key;
    return make("button", { type: "button", class: "key " + (key.style || ""), onclick: () => press(label) }, label);
  }))));
}
