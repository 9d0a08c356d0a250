/* One phone: the conversation of a person with the bot. */
import { $, alarm, ask, copy, enlarge, fileAddress, formatted, icon, make, toast } from "./parts.js";
import { clock, language, say, size } from "./words.js";

/* What is the same for all phones: the bot's profile, what it has read, which presses it has answered, how far the clock is ahead. */
export const telegram = { bot: {}, confirmed: 0, answered: new Set(), ahead: 0 };

export class Phone {
  constructor(person) {
    this.person = person;
    this.messages = new Map();
    this.waiting = new Map();
    this.low = true; // the newest message is in view, and stays so
    this.unread = 0;
    this.commands = [];
    this.seat = make("section", { class: "seat", "data-user": person.id, "data-role": person.role || "friend" });
    this.tab = make("button", { type: "button", role: "tab", onclick: () => this.show() });
    this.build();
    new IntersectionObserver((sights) => this.look(sights.pop().isIntersecting), { root: $("phones"), threshold: 0.6 }).observe(this.seat);
  }

  build() {
    const person = this.person, name = [person.first_name, person.last_name].filter(Boolean).join(" ");
    this.state = make("small");
    this.talk = make("div", { class: "talk", role: "log", "aria-label": name, tabindex: "0" });
    this.talk.addEventListener("scroll", () => { this.low = this.isNear(); if (this.low) this.passed(0); });
    this.newer = make("button", { type: "button", class: "newer", hidden: true, "aria-label": say("newer"), title: say("newer"), onclick: () => this.down() });
    new ResizeObserver(() => { if (this.low) this.down(); }).observe(this.talk);
    this.options = make("div", { class: "list top", hidden: true }, make("button", { type: "button", onclick: () => this.block() }, say("block")));
    this.foot = make("div", { class: "foot" });
    this.phone = make("div", { class: "phone" },
      make("div", { class: "head" }, make("span", { class: "face", "aria-hidden": "true" }, (telegram.bot.first_name || "B")[0]),
        make("div", {}, make("strong", {}, telegram.bot.first_name || ""), this.state),
        make("button", { type: "button", class: "round", "aria-label": say("options"), title: say("options"), onclick: () => { this.options.hidden = !this.options.hidden; } }, icon("dots"))),
      this.talk, this.newer, this.foot, this.options);
    this.seat.replaceChildren(make("h2", {}, make("b", {}, name), " · " + say(person.role || "friend")), this.phone);
    this.busy("");
    this.drawAll();
    this.drawTab();
  }

  async load() {
    const [messages, commands] = await Promise.all([ask("transcript?user_id=" + this.person.id), ask("commands?user_id=" + this.person.id)]);
    this.messages = new Map(messages.map((message) => [message.message_id, message]));
    this.commands = commands;
    const last = messages.filter((message) => !message.deleted).pop();
    this.reply = last?.keyboard?.force_reply ? last : null;
    this.build();
  }

  drawAll() {
    this.talk.replaceChildren();
    let day = "";
    for (const message of this.messages.values()) {
      if (message.deleted) continue;
      day = this.drawDay(message, day);
      this.talk.append(this.draw(message));
    }
    if (!this.talk.children.length) this.talk.append(make("p", { class: "about" }, telegram.bot.description || say("nothing")));
    this.drawFoot();
    this.down();
  }

  drawDay(message, before) {
    const date = new Date(message.date * 1000), day = date.toDateString();
    if (day !== before) {
      const words = day === new Date(Date.now() + telegram.ahead * 1000).toDateString() ? say("today") : date.toLocaleDateString(language, { day: "numeric", month: "long" });
      this.talk.append(make("div", { class: "day" }, words));
    }
    this.day = day;
    return day;
  }

  draw(message) {
    const text = message.text ?? message.caption ?? "", entities = message.entities || message.caption_entities || [];
    const keys = message.reply_markup?.inline_keyboard || [];
    const bubble = make("div", { class: "bubble" }, this.drawQuote(message.reply_to_message), this.drawPhoto(message), this.drawFile(message.document),
      make("span", { class: "words" }, ...formatted(this, text, entities)), make("span", { class: "stamp" }, this.stamp(message)));
    return make("article", { class: "message" + (message.outgoing ? "" : " mine") + (keys.length || message.photo ? " wide" : ""), "data-id": message.message_id },
      bubble, ...keys.map((row) => make("div", { class: "row" }, ...row.map((key) => this.drawKey(message, key)))));
  }

  stamp(message) {
    const ticks = message.outgoing || !message.update_id ? "" : message.update_id < telegram.confirmed ? " ✓✓" : " ✓";
    return (message.edited ? say("edited") : "") + clock(message.date) + ticks;
  }

  drawQuote(message) {
    if (!message) return null;
    return make("button", { type: "button", class: "quote", onclick: () => this.find(message.message_id)?.scrollIntoView({ behavior: "smooth", block: "center" }) },
      message.text || message.caption || say("photo"));
  }

  drawPhoto(message) {
    if (!message.photo) return null;
    const photo = message.photo[message.photo.length - 1], source = fileAddress(photo.file_id);
    const image = make("img", { src: source, width: photo.width, height: photo.height, alt: message.caption || say("photo") });
    return make("button", { type: "button", class: "photo", "aria-label": say("picture"), onclick: () => enlarge(source, image.alt) }, image);
  }

  drawFile(file) {
    if (!file) return null;
    return make("a", { class: "file", href: fileAddress(file.file_id), download: file.file_name }, make("i", {}, icon("file")),
      make("span", {}, make("b", {}, file.file_name), make("small", {}, size(file.file_size))));
  }

  drawKey(message, key) {
    const looks = "key " + (key.style || "");
    if (key.url) return make("a", { class: looks + " link", href: /^(https?|tg):/i.test(key.url) ? key.url : "https://" + key.url, target: "_blank", rel: "noopener noreferrer" }, key.text);
    if (key.copy_text) return make("button", { type: "button", class: looks + " copy", onclick: () => copy(this, key.copy_text.text) }, key.text);
    const button = make("button", { type: "button", class: looks, "data-data": key.callback_data }, key.text);
    button.addEventListener("click", () => this.press(message, key, button));
    return button;
  }

  async press(message, key, button) {
    if (button.classList.contains("waiting")) return;
    button.classList.add("waiting");
    const rest = () => button.classList.remove("waiting");
    setTimeout(rest, 15000);
    try {
      const query = (await ask("press", { user_id: this.person.id, message_id: message.message_id, data: key.callback_data })).callback_query_id;
      if (telegram.answered.has(query)) rest();
      else this.waiting.set(query, rest);
    } catch { rest(); }
  }

  async send(text) {
    const reply = this.reply;
    this.reply = null;
    await ask("send", { user_id: this.person.id, text, reply_to: reply ? reply.message_id : null }).catch((error) => this.toast(error.message));
  }

  async block() {
    this.options.hidden = true;
    await ask("block", { user_id: this.person.id });
  }

  /* What stands under the conversation depends on where it stands: begin, unblock, or write. */
  drawFoot() {
    const draft = this.input?.value || "", begun = document.activeElement?.matches(".large:focus-visible") && this.foot.contains(document.activeElement);
    const focused = begun || (this.input && document.activeElement === this.input);
    this.input = this.list = null;
    if (this.person.blocked) return this.foot.replaceChildren(make("button", { type: "button", class: "large", onclick: () => ask("unblock", { user_id: this.person.id }) }, say("unblock")));
    if (![...this.messages.values()].some((message) => !message.outgoing)) {
      return this.foot.replaceChildren(make("button", { type: "button", class: "large", onclick: () => this.send("/start") }, say("start")));
    }
    const board = this.board();
    this.list = make("div", { class: "list", hidden: true, "aria-label": say("commands") });
    this.input = make("textarea", { rows: "1", maxlength: "4096", placeholder: this.placeholder || say("write"), "aria-label": say("write") });
    this.input.value = draft;
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === "Escape") this.list.hidden = true;
    });
    this.input.addEventListener("input", () => { this.grow(); this.suggest(/^\/\w*$/.test(this.input.value) ? this.input.value.slice(1) : null); });
    const menu = this.commands.length ? make("button", { type: "button", class: "menu", onclick: () => this.suggest(this.list.hidden ? "" : null) }, say("menu")) : null;
    const reply = this.reply && make("div", { class: "replying" }, this.drawQuote(this.reply),
      make("button", { type: "button", class: "round", "aria-label": say("cancel"), onclick: () => { this.reply = null; this.drawFoot(); } }, icon("close")));
    this.foot.replaceChildren(...[this.list, reply, make("div", { class: "write" }, menu, this.input,
      make("button", { type: "button", class: "round send", "aria-label": say("send"), onclick: () => this.submit() }, icon("send"))), board].filter(Boolean));
    if (focused) this.input.focus();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = this.input.scrollHeight + "px";
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.grow();
    this.list.hidden = true;
    this.send(text);
  }

  suggest(start) {
    const fitting = start === null ? [] : this.commands.filter((command) => command.command.startsWith(start));
    this.list.replaceChildren(...fitting.map((command) => make("button", { type: "button",
      onclick: () => { this.input.value = ""; this.list.hidden = true; this.send("/" + command.command); } },
      make("b", {}, "/" + command.command), make("span", {}, command.description))));
    this.list.hidden = !fitting.length;
  }

  /* The newest reply keyboard counts until it is taken away; a wish for a reply fills the reply line. */
  board() {
    this.placeholder = "";
    const own = [...this.messages.values()].filter((message) => message.outgoing && !message.deleted && message.keyboard);
    const last = own.filter((message) => !message.keyboard.inline_keyboard).pop();
    if (!last || last.keyboard.remove_keyboard) return null;
    this.placeholder = last.keyboard.input_field_placeholder || "";
    if (!last.keyboard.keyboard || this.hidden === last.message_id) return null;
    const press = (text) => { if (last.keyboard.one_time_keyboard) this.hidden = last.message_id; this.send(text); };
    return make("div", { class: "board" }, ...last.keyboard.keyboard.map((row) => make("div", { class: "row" }, ...row.map((key) => {
      const text = key.text || key;
      return make("button", { type: "button", class: "key " + (key.style || ""), onclick: () => press(text) }, text);
    }))));
  }

  show() {
    document.body.classList.remove("onstage");
    this.seat.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
  }
  find(id) { return this.talk.querySelector(`[data-id="${Number(id)}"]`); }
  /* Whether the newest message is in view, were it only its beginning; and the way there, which shows its beginning. */
  isNear() { return this.place() < this.talk.clientHeight || this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight < 160; }
  place() {
    const last = this.talk.lastElementChild;
    return last ? last.getBoundingClientRect().top - this.talk.getBoundingClientRect().top : 0;
  }
  down() {
    this.talk.scrollTop = this.talk.scrollHeight;
    this.talk.scrollTop += Math.min(0, this.place() - 8);
    this.passed(0);
  }
  passed(count) {
    this.below = count;
    this.newer.hidden = !count;
    this.newer.style.bottom = this.foot.offsetHeight + 12 + "px";
    this.newer.textContent = `↓ ${count}`;
  }

  add(message) {
    const near = this.isNear();
    if (!this.messages.size) this.talk.replaceChildren();
    if (this.messages.has(message.message_id)) return this.change(message);
    this.messages.set(message.message_id, message);
    this.drawDay(message, this.day);
    const drawn = this.draw(message);
    this.talk.append(drawn);
    if (message.outgoing) this.busy("");
    if (message.keyboard?.force_reply) this.reply = message;
    this.drawFoot();
    if (message.keyboard?.force_reply) this.input?.focus();
    if (near || !message.outgoing) this.down();
    else this.passed(this.below + 1);
    drawn.querySelector("img")?.addEventListener("load", () => { if (near) this.down(); });
    if (message.outgoing) this.count();
  }

  change(message) {
    const near = this.isNear();
    this.messages.set(message.message_id, message);
    const drawn = this.draw(message), before = this.find(message.message_id), held = before?.contains(document.activeElement) && document.activeElement.dataset.data;
    drawn.classList.add("flash");
    before?.replaceWith(drawn);
    if (held) (drawn.querySelector(`[data-data="${CSS.escape(held)}"]`) || drawn.querySelector(".key") || this.talk).focus({ preventScroll: true });
    if (near) this.down();
  }

  remove(id) {
    const message = this.messages.get(id);
    if (message) message.deleted = true;
    this.find(id)?.remove();
    this.drawFoot();
  }

  answer(event) {
    this.waiting.get(event.callback_query_id)?.();
    this.waiting.delete(event.callback_query_id);
    if (event.alert && event.text) this.alert(event.text);
    else if (event.text) this.toast(event.text);
    if (/^https?:/.test(event.url)) window.open(event.url, "_blank", "noopener");
  }

  toast(text) { toast(this.phone, this.foot.offsetHeight + 12, text); }
  alert(text) { alarm(this.phone, text); }

  busy(action) {
    clearTimeout(this.calm);
    this.state.textContent = !action ? say("bot") : action === "typing" ? say("typing") : say("sending");
    this.state.classList.toggle("busy", Boolean(action));
    if (action) this.calm = setTimeout(() => this.busy(""), 5000);
  }

  tick() {
    for (const message of this.messages.values()) {
      if (message.outgoing || message.deleted || !message.update_id || message.ticked) continue;
      message.ticked = message.update_id < telegram.confirmed;
      const stamp = message.ticked && this.find(message.message_id)?.querySelector(".stamp");
      if (stamp) stamp.textContent = this.stamp(message);
    }
  }

  count() {
    if (!this.seen) this.unread += 1;
    this.drawTab();
  }
  look(seen) {
    this.seen = seen;
    if (seen) this.unread = 0;
    this.drawTab();
  }
  drawTab() {
    this.tab.setAttribute("aria-selected", String(Boolean(this.seen)));
    this.tab.replaceChildren(this.person.first_name, ...(this.unread ? [make("span", { class: "badge" }, String(this.unread))] : []));
  }
}
