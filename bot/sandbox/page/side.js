// The left side: who I act as, and this person's chats.

import { avatar, el, fill, icon, tool } from "./dom.js";
import { author, gist, isBot, now, service, store, viewer } from "./store.js";
import { city, hour, listed } from "./times.js";
import { isDark, turn } from "./theming.js";

const side = document.getElementById("side");
const MARKS = { group: "group", supergroup: "group", channel: "horn" };

export function showSide(acts) {
  const focus = document.activeElement?.closest?.("#side [data-focus]")?.dataset.focus;
  fill(side, people(acts), chats(acts));
  const unread = [...store.chats.values()].reduce((sum, one) => sum + one.unread, 0);
  document.title = unread ? `(${unread}) Demo chat` : "Demo chat";
  if (focus) side.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}

/** The hour under the acting person's name; called as the clock runs. */
export function tickSide() {
  const node = side.querySelector(".me-hour");
  if (node) node.textContent = hour(now(), viewer());
}

function people(acts) {
  const me = store.me;
  const dark = isDark();
  return el("section", { class: "people", "aria-label": "Who I act as" },
    el("div", { class: "people-top" },
      el("h1", {}, "Demo chat"),
      tool(dark ? "sun" : "moon", dark ? "Light colours" : "Dark colours", () => { turn(); showSide(acts); },
        { id: "theme", data: { focus: "theme" } })),
    el("div", { class: "people-row", role: "group", "aria-label": "Act as" },
      store.people.map((one) => el("button", {
        type: "button", class: "person", "aria-pressed": String(one.id === me.id),
        data: { focus: `p${one.id}`, person: one.name },
        "aria-label": `Act as ${one.name}, ${one.note}${one.unread ? `, ${one.unread} unread` : ""}`,
        title: one.note, on: { click: () => acts.become(one.id) },
      }, el("span", { class: "person-face" }, avatar(one.id, one.name),
        one.unread ? el("span", { class: "dot", "aria-hidden": "true" }) : null),
      el("span", { class: "person-name" }, one.name)))),
    el("p", { class: "me" }, el("strong", {}, me.name), ` · ${me.note} · `,
      el("span", { class: "me-hour" }, hour(now(), viewer())), ` in ${city(me.zone)}`));
}

function chats(acts) {
  // Before the first word the bot comes first: it is what the page is there for.
  const rows = [...store.chats.values()].sort((a, b) => fresh(b) - fresh(a) || last(b) - last(a));
  return el("nav", { class: "chats", "aria-label": "Chats" }, rows.map((chat) => row(chat, acts)));
}

const fresh = (chat) => Number(chat.kind === "private" && chat.messages.length === 0);
const last = (chat) => chat.messages.at(-1)?.date ?? 0;

function row(chat, acts) {
  const message = chat.messages.at(-1);
  const here = chat.id === store.here;
  const words = message ? snippet(chat, message) : (chat.kind === "private" ? "Press START to begin" : "No messages yet");
  return el("button", {
    type: "button", class: "row", "aria-current": here ? "true" : undefined,
    data: { focus: `c${chat.id}`, chat: chat.title }, on: { click: () => acts.visit(chat.id) },
  }, avatar(chat.kind === "private" ? store.bot.id : chat.id, chat.title,
    chat.kind === "private" ? "robot" : chat.kind),
  el("span", { class: "row-body" },
    el("span", { class: "row-top" },
      el("span", { class: "row-title" }, MARKS[chat.kind] ? icon(MARKS[chat.kind], 15) : null,
        el("span", { dir: "auto" }, chat.title)),
      message ? el("span", { class: "row-hour" }, listed(message.date, now(), viewer())) : null),
    el("span", { class: "row-top" },
      chat.typing > now() ? el("span", { class: "row-words typing" }, "typing…")
        : el("span", { class: "row-words", dir: "auto" }, words),
      chat.unread ? el("span", { class: "badge", "aria-label": `${chat.unread} unread` }, chat.unread) : null)));
}

function snippet(chat, message) {
  const said = gist(message).replace(/\s+/g, " ").slice(0, 90);
  if (service(message) !== null) return said;
  if (message.from?.id === store.me.id && !message.sender_chat) return `You: ${said}`;
  if (chat.kind === "private" || chat.kind === "channel" || isBot(message.from)) return said;
  return `${author(message)}: ${said}`;
}
