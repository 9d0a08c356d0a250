/* A phone: one person's chat with the bot. */
import { $, ask, fileLink, formatted, icon, make, photoButton, showAlert, showToast } from "./elements.js";
import { telegram } from "./telegram.js";
import { makeOneStop } from "./conversation.js";
import { inlineKey, replyKeyboard } from "./keyboards.js";
import { clock, language, text } from "./texts.js";

export class Phone {
  constructor(person) {
    this.person = person;
    this.messages = new Map();
    this.pressed = new Map(); // callback query id -> function that ends the waiting of its button
    this.atEnd = true; // the newest message is in view
    this.unread = 0;
    this.commands = [];
    this.column = make("section", { class: "column", "data-user": person.id, "data-role": person.role || "friend" });
    this.tab = make("button", { type: "button", role: "tab", onclick: () => this.show() });
    this.build();
    new IntersectionObserver((entries) => this.setVisible(entries.pop().isIntersecting), { root: $("phones"), threshold: 0.6 }).observe(this.column);
  }

  build() {
    this.status = make("small");
    this.chat = make("div", { class: "chat", role: "log" });
    makeOneStop(this.chat);
    this.chat.addEventListener("scroll", () => { this.atEnd = this.isNearEnd(); if (this.atEnd) this.setUnseen(0); });
    this.toNewest = make("button", { type: "button", class: "to-newest", hidden: true, "aria-label": text("newest"), title: text("newest"), onclick: () => this.scrollToEnd() });
    new ResizeObserver(() => { if (this.atEnd) this.scrollToEnd(); }).observe(this.chat);
    this.optionsButton = make("button", { type: "button", class: "icon-button", "aria-label": text("options"), title: text("options"), "aria-expanded": "false", onclick: () => this.openOptions(this.options.hidden) }, icon("dots"));
    this.options = make("div", { class: "popup top", hidden: true }, make("button", { type: "button", onclick: () => this.block() }, text("block")));
    this.footer = make("div", { class: "footer" });
    this.screen = make("div", { class: "phone" },
      make("div", { class: "header" }, make("span", { class: "avatar", "aria-hidden": "true" }, (telegram.bot.first_name || "B")[0]),
        make("div", {}, make("strong", {}, telegram.bot.first_name || ""), this.status),
        this.optionsButton),
      this.chat, this.toNewest, this.footer, this.options);
    this.title = make("h2");
    this.column.replaceChildren(this.title, this.screen);
    this.showActivity("");
    this.drawChat();
    this.drawName();
  }

  drawName() {
    const name = [this.person.first_name, this.person.last_name].filter(Boolean).join(" ");
    this.title.replaceChildren(make("b", {}, name), " · " + text(this.person.role || "friend"));
    this.chat.setAttribute("aria-label", name);
    this.drawTab();
  }

  openOptions(open) {
    this.options.hidden = !open;
    this.optionsButton.setAttribute("aria-expanded", String(open));
    if (open) this.options.querySelector("button").focus();
  }

  /* Close the menus, but not the one that was clicked; the focus goes back to where the menu was opened. */
  closeMenus(clicked) {
    if (!this.options.hidden && !(clicked && this.screen.querySelector(".header").contains(clicked))) {
      const inside = this.options.contains(document.activeElement);
      this.openOptions(false);
      if (inside) this.optionsButton.focus();
    }
    if (this.commandList && !this.commandList.hidden && !(clicked && this.footer.contains(clicked))) {
      const inside = this.commandList.contains(document.activeElement);
      this.suggestCommands(null);
      if (inside) (this.menu || this.input).focus();
    }
  }

  async load() {
    const [messages, commands] = await Promise.all([ask("transcript?user_id=" + this.person.id), ask("commands?user_id=" + this.person.id)]);
    this.messages = new Map(messages.map((message) => [message.message_id, message]));
    this.commands = commands;
    const last = messages.filter((message) => !message.deleted).pop();
    this.replyTo = last?.keyboard?.force_reply ? last : null;
    this.build();
  }

  drawChat() {
    this.chat.replaceChildren();
    this.day = "";
    for (const message of this.messages.values()) {
      if (message.deleted) continue;
      this.drawDay(message);
      this.chat.append(this.draw(message));
    }
    if (!this.chat.children.length) this.chat.append(make("p", { class: "empty" }, telegram.bot.description || text("nothing")));
    this.drawFooter();
    this.scrollToEnd();
  }

  /* Add the date before the first message of a day. */
  drawDay(message) {
    const date = new Date(message.date * 1000), day = date.toDateString();
    if (day === this.day) return;
    const today = new Date(Date.now() + telegram.clockOffset * 1000).toDateString();
    const label = day === today ? text("today") : date.toLocaleDateString(language, { day: "numeric", month: "long" });
    this.chat.append(make("div", { class: "day" }, label));
    this.day = day;
  }

  draw(message) {
    const source = message.text ?? message.caption ?? "", entities = message.entities || message.caption_entities || [];
    const rows = message.reply_markup?.inline_keyboard || [];
    const bubble = make("div", { class: "bubble" }, this.drawQuote(message.reply_to_message), photoButton(message), fileLink(message.document),
      make("span", { class: "text" }, ...formatted(this, source, entities)), make("span", { class: "stamp" }, this.stamp(message)));
    return make("article", { class: "message" + (message.outgoing ? "" : " mine") + (rows.length || message.photo ? " wide" : ""), "data-id": message.message_id },
      bubble, ...rows.map((row) => make("div", { class: "row" }, ...row.map((key) => inlineKey(this, message, key)))));
  }

  /* The time, and ticks for the person's own messages: one when sent, two when the bot has read it. */
  stamp(message) {
    const ticks = message.outgoing || !message.update_id ? "" : message.update_id < telegram.confirmed ? " ✓✓" : " ✓";
    return (message.edited ? text("edited") : "") + clock(message.date) + ticks;
  }

  drawQuote(message) {
    if (!message) return null;
    return make("button", { type: "button", class: "quote", onclick: () => this.find(message.message_id)?.scrollIntoView({ behavior: "smooth", block: "center" }) },
      message.text || message.caption || text("photo"));
  }

  async send(source) {
    const reply = this.replyTo;
    this.replyTo = null;
    await ask("send", { user_id: this.person.id, text: source, reply_to: reply ? reply.message_id : null }).catch((error) => this.toast(error.message));
  }

  async block() {
    this.openOptions(false);
    await ask("block", { user_id: this.person.id });
  }

  /* The footer has a button to unblock or to start the bot, or else the input field with all that belongs to it. */
  drawFooter() {
    const draft = this.input?.value || "", started = document.activeElement?.matches(".big-button:focus-visible") && this.footer.contains(document.activeElement);
    const focused = started || (this.input && document.activeElement === this.input);
    this.input = this.commandList = this.menu = null;
    if (this.person.blocked) return this.drawBigButton(text("unblock"), () => ask("unblock", { user_id: this.person.id }));
    if (![...this.messages.values()].some((message) => !message.outgoing)) return this.drawBigButton(text("start"), () => this.send("/start"));
    const keyboard = replyKeyboard(this);
    this.commandList = make("div", { class: "popup", hidden: true, "aria-label": text("commands") });
    this.drawInput(draft);
    this.menu = this.commands.length ? make("button", { type: "button", class: "menu", "aria-expanded": "false", onclick: () => this.suggestCommands(this.commandList.hidden ? "" : null) }, text("menu")) : null;
    const reply = this.replyTo && make("div", { class: "replying" }, this.drawQuote(this.replyTo),
      make("button", { type: "button", class: "icon-button", "aria-label": text("cancel"), onclick: () => { this.replyTo = null; this.drawFooter(); } }, icon("close")));
    this.footer.replaceChildren(...[this.commandList, reply, make("div", { class: "input-row" }, this.menu, this.input,
      make("button", { type: "button", class: "icon-button send", "aria-label": text("send"), onclick: () => this.submit() }, icon("send"))), keyboard].filter(Boolean));
    if (focused) this.input.focus();
  }

  drawBigButton(label, onclick) {
    this.footer.replaceChildren(make("button", { type: "button", class: "big-button", onclick }, label));
  }

  drawInput(draft) {
    this.input = make("textarea", { rows: "1", maxlength: "4096", placeholder: this.placeholder || text("write"), "aria-label": text("write") });
    this.input.value = draft;
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    });
    this.input.addEventListener("input", () => { this.fitInput(); this.suggestCommands(/^\/\w*$/.test(this.input.value) ? this.input.value.slice(1) : null); });
  }

  fitInput() {
    this.input.style.height = "auto";
    this.input.style.height = this.input.scrollHeight + "px";
  }

  submit() {
    const source = this.input.value.trim();
    if (!source) return;
    this.input.value = "";
    this.fitInput();
    this.suggestCommands(null);
    this.send(source);
  }

  /* List the commands that begin like this; null closes the list. */
  suggestCommands(start) {
    const found = start === null ? [] : this.commands.filter((command) => command.command.startsWith(start));
    this.commandList.replaceChildren(...found.map((command) => make("button", { type: "button",
      onclick: () => { this.input.value = ""; this.suggestCommands(null); this.send("/" + command.command); } },
      make("b", {}, "/" + command.command), make("span", {}, command.description))));
    this.commandList.hidden = !found.length;
    this.menu?.setAttribute("aria-expanded", String(!this.commandList.hidden));
  }

  show() {
    document.body.classList.remove("panel-open");
    this.column.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
  }
  find(id) { return this.chat.querySelector(`[data-id="${Number(id)}"]`); }
  /* True if at least the beginning of the newest message is in view. */
  isNearEnd() { return this.newestTop() < this.chat.clientHeight || this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 160; }
  newestTop() {
    const last = this.chat.lastElementChild;
    return last ? last.getBoundingClientRect().top - this.chat.getBoundingClientRect().top : 0;
  }
  /* Scroll to the end, but not past the beginning of a long last message. */
  scrollToEnd() {
    this.chat.scrollTop = this.chat.scrollHeight;
    this.chat.scrollTop += Math.min(0, this.newestTop() - 8);
    this.setUnseen(0);
  }
  setUnseen(count) {
    this.unseen = count;
    this.toNewest.hidden = !count;
    this.toNewest.style.bottom = this.footer.offsetHeight + 12 + "px";
    this.toNewest.textContent = `↓ ${count}`;
  }

  add(message) {
    const near = this.isNearEnd();
    if (!this.messages.size) this.chat.replaceChildren();
    if (this.messages.has(message.message_id)) return this.change(message);
    this.messages.set(message.message_id, message);
    this.drawDay(message);
    const element = this.draw(message);
    this.chat.append(element);
    if (message.outgoing) this.showActivity("");
    if (message.keyboard?.force_reply) this.replyTo = message;
    this.drawFooter();
    if (message.keyboard?.force_reply) this.input?.focus();
    if (near || !message.outgoing) this.scrollToEnd();
    else this.setUnseen(this.unseen + 1);
    element.querySelector("img")?.addEventListener("load", () => { if (near) this.scrollToEnd(); });
    if (message.outgoing) this.countUnread();
  }

  change(message) {
    const near = this.isNearEnd();
    this.messages.set(message.message_id, message);
    const element = this.draw(message), before = this.find(message.message_id);
    const focused = before?.contains(document.activeElement) && document.activeElement.dataset.data;
    element.classList.add("flash");
    before?.replaceWith(element);
    if (focused) (element.querySelector(`[data-data="${CSS.escape(focused)}"]`) || element.querySelector(".key") || this.chat).focus({ preventScroll: true });
    if (near) this.scrollToEnd();
  }

  remove(id) {
    const message = this.messages.get(id);
    if (message) message.deleted = true;
    this.find(id)?.remove();
    this.drawFooter();
  }

  showAnswer(event) {
    this.pressed.get(event.callback_query_id)?.();
    this.pressed.delete(event.callback_query_id);
    if (event.alert && event.text) showAlert(this.screen, event.text);
    else if (event.text) this.toast(event.text);
    if (/^https?:/.test(event.url)) window.open(event.url, "_blank", "noopener");
  }

  toast(message) { showToast(this.screen, this.footer.offsetHeight + 12, message); }

  showActivity(action) {
    clearTimeout(this.activityTimer);
    this.status.textContent = !action ? text("bot") : action === "typing" ? text("typing") : text("sending");
    this.status.classList.toggle("busy", Boolean(action));
    if (action) this.activityTimer = setTimeout(() => this.showActivity(""), 5000);
  }

  updateTicks() {
    for (const message of this.messages.values()) {
      if (message.outgoing || message.deleted || !message.update_id || message.ticked) continue;
      message.ticked = message.update_id < telegram.confirmed;
      const stamp = message.ticked && this.find(message.message_id)?.querySelector(".stamp");
      if (stamp) stamp.textContent = this.stamp(message);
    }
  }

  countUnread() {
    if (!this.visible) this.unread += 1;
    this.drawTab();
  }
  setVisible(visible) {
    this.visible = visible;
    if (visible) this.unread = 0;
    this.drawTab();
  }
  drawTab() {
    this.tab.setAttribute("aria-selected", String(Boolean(this.visible)));
    this.tab.replaceChildren(this.person.first_name, ...(this.unread ? [make("span", { class: "badge" }, String(this.unread))] : []));
  }
}
