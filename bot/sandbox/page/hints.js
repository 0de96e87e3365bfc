// What is offered while one types: commands behind `/`, the bot's name behind `@`, inline results.

import { el, fill, icon } from "./dom.js";
import { store } from "./store.js";

const PAUSE = 180;

export class Hints {
  constructor(panel, entry, on) {
    this.panel = panel;
    this.entry = entry;
    this.on = on;
    this.items = [];
    this.at = -1;
    this.query = null;
    this.mode = "";
    this.turn = 0;      // which question is the newest; answers to older ones are dropped
    this.early = null;  // an answer that came before its question's number
  }

  look(text, chat) {
    const name = store.bot.username;
    const inline = new RegExp(`^@${name}\\s([\\s\\S]*)$`, "i").exec(text);
    clearTimeout(this.timer);
    if (inline && store.bot.inline) { this.ask(inline[1]); return; }
    this.query = null;
    const command = /^\/(\w*)$/.exec(text);
    if (command) { this.commands(command[1].toLowerCase(), chat.commands); return; }
    const mention = /^@(\w*)$/.exec(text);
    if (mention && store.bot.inline && name.toLowerCase().startsWith(mention[1].toLowerCase())) {
      this.show("name", [{
        title: `@${name}`, note: store.bot.placeholder || "Search, and post what is found", act: this.on.name,
      }]);
      return;
    }
    this.close();
  }

  commands(typed, all) {
    const begins = all.filter((one) => one.command.startsWith(typed));
    const rest = all.filter((one) => !one.command.startsWith(typed)
      && (one.command.includes(typed) || one.description.toLowerCase().includes(typed)));
    const exact = (one) => (one.command === typed ? 0 : 1);
    const found = [...begins.sort((a, b) => exact(a) - exact(b)), ...(typed.length > 1 ? rest : [])];
    this.show("commands", found.map((one) => ({
      title: `/${one.command}`, note: one.description, act: () => this.on.command(one.command, false),
      complete: () => this.on.command(one.command, true),
    })));
  }

  ask(words) {
    this.mode = "inline";
    if (this.panel.hidden || this.items.length === 0) this.line("Searching…");
    const turn = ++this.turn;
    this.timer = setTimeout(async () => {
      this.query = null;
      const query = await this.on.post(words);
      if (turn !== this.turn || this.mode !== "inline") return;
      if (query === null) { this.close(); return; }
      this.query = query.id;
      if (query.answered) this.results(query);
      else if (this.early?.id === query.id) this.results(this.early);
      else this.timer = setTimeout(() => { if (this.items.length === 0) this.line("The bot has not answered yet."); }, 6000);
    }, PAUSE);
  }

  results(answer) {
    if (this.mode !== "inline") return;
    if (answer.id !== this.query) { this.early = answer; return; }
    clearTimeout(this.timer);
    const items = answer.results.map((one) => ({
      title: one.title || one.caption || "Untitled", note: one.description, wide: true,
      act: () => { const { query } = this; this.close(); this.on.result(query, one.id); },
    }));
    if (answer.button?.start_parameter !== undefined) {
      items.unshift({
        title: answer.button.text, plain: true, act: () => { this.close(); this.on.start(answer.button.start_parameter); },
      });
    }
    if (items.length) this.show("inline", items);
    else this.line("Nothing found.");
  }

  line(words) {
    this.items = [];
    this.at = -1;
    this.panel.hidden = false;
    fill(this.panel, el("p", { class: "hint-line" }, words));
    this.entry.removeAttribute("aria-activedescendant");
  }

  show(mode, items) {
    if (items.length === 0) { this.close(); return; }
    this.mode = mode;
    this.items = items;
    this.panel.hidden = false;
    this.entry.setAttribute("aria-controls", this.panel.id);
    fill(this.panel, items.map((item, n) => el("div", {
      role: "option", id: `hint-${n}`, class: `hint${item.wide ? " wide" : ""}${item.plain ? " plain" : ""}`,
      "aria-selected": "false",
      // Before the focus leaves the writing row, so that a phone's keyboard stays.
      on: { pointerdown: (event) => event.preventDefault(), click: () => this.take(n) },
    }, mode === "name" ? icon("at", 18) : null, el("strong", { dir: "auto" }, item.title),
    item.note ? el("span", { dir: "auto" }, item.note) : null)));
    this.move(0);
  }

  move(to) {
    this.at = (to + this.items.length) % this.items.length;
    [...this.panel.children].forEach((node, n) => {
      node.setAttribute("aria-selected", String(n === this.at));
      if (n === this.at) node.scrollIntoView({ block: "nearest" });
    });
    this.entry.setAttribute("aria-activedescendant", `hint-${this.at}`);
  }

  take(n) {
    const item = this.items[n];
    if (!item) return;
    this.close();
    item.act();
  }

  /** True if the key was for the suggestions. */
  key(event) {
    if (this.panel.hidden) return false;
    if (event.key === "Escape") {
      this.close();
    } else if (this.items.length === 0) {
      // A search is under way: Enter must not post the question itself.
      if (event.key !== "Enter" || event.shiftKey) return false;
    } else if (event.key === "ArrowDown") this.move(this.at + 1);
    else if (event.key === "ArrowUp") this.move(this.at - 1);
    else if (event.key === "Tab" && !event.shiftKey && this.items[this.at].complete) this.items[this.at].complete();
    else if (event.key === "Enter" && !event.shiftKey) this.take(this.at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    clearTimeout(this.timer);
    this.panel.hidden = true;
    this.panel.replaceChildren();
    this.items = [];
    this.at = -1;
    this.mode = "";
    this.entry.removeAttribute("aria-activedescendant");
  }
}
