// The conversation: its head, topics and messages. The writing row below is `composer.js`.

import { avatar, el, fill, icon, quiet, tool } from "./dom.js";
import { bubble } from "./bubbles.js";
import { author, chat, gist, now, service, store, topicOf, viewer } from "./store.js";
import { day, dayKey } from "./times.js";

const main = document.getElementById("thread");
const news = document.getElementById("news");

let acts = null;
let list = null;      // <ol> of messages
let shown = null;     // chat id whose messages stand in `list`
let shownTopic = null;
let below = 0;        // how many came while one had scrolled up
let pill = null;
let stuck = true;     // whether the end is kept in sight as messages come and pictures load
let lastTop = 0;
let divide = 0;       // the first message not read before this visit

export const topic = () => store.topics.get(store.here) ?? 0;

const visible = () => {
  const here = chat();
  if (!here?.forum) return here?.messages ?? [];
  return here.messages.filter((one) => topicOf(one) === topic());
};

export function showThread(given) {
  acts = given;
  const here = chat();
  if (!here) {
    shown = null;
    list = null;
    fill(main, el("div", { class: "nobody" }, icon("bot", 40),
      el("p", {}, "Choose a chat on the left. Everything here is pretend: nothing leaves this machine.")));
    return;
  }
  divide = !here.unread ? 0 : here.messages.find((one) =>
    one.message_id > here.read && (one.from?.id !== store.me.id || one.sender_chat))?.message_id ?? 0;
  list = el("ol", { class: "messages", tabindex: "0", "aria-label": `Messages in ${here.title}` });
  list.addEventListener("keydown", walk);
  list.addEventListener("scroll", scrolled, { passive: true });
  // A picture finds its height late; `load` does not bubble, so it is caught on the way down.
  list.addEventListener("load", () => { if (stuck) toEnd(); }, true);
  pill = el("button", { type: "button", class: "pill", hidden: true, on: { click: () => toEnd() } });
  fill(main, el("div", { class: "head", id: "head" }), el("div", { class: "topics", id: "topics" }),
    el("div", { class: "pane" }, list, pill), el("div", { class: "writing", id: "writing" }));
  shown = here.id;
  shownTopic = topic();
  showHead();
  showTopics();
  showMessages();
}

/** Title, who is there, and the way back on a phone. */
export function showHead() {
  const here = chat();
  const head = document.getElementById("head");
  if (!here || !head) return;
  const held = head.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const robot = here.kind === "private";
  fill(head, tool("back", "Back to the chats", () => acts.leave(), { class: "back", data: { focus: "back" } }),
    el("button", { type: "button", class: "head-name", data: { focus: "name" }, "aria-haspopup": "dialog",
      on: { click: () => acts.about() } },
    avatar(robot ? store.bot.id : here.id, here.title, robot ? "robot" : here.kind),
    el("span", { class: "head-words" }, el("strong", { dir: "auto" }, here.title),
      el("small", { class: here.typing > now() ? "typing" : "" }, here.typing > now() ? "typing…" : under(here)))),
    tool("info", "About this chat, and what can be done here", () => acts.about(),
      { data: { focus: "info" }, "aria-haspopup": "dialog" }));
  if (held) head.querySelector(`[data-focus="${held}"]`)?.focus();
}

function under(here) {
  if (here.kind === "private") return here.blocked ? "blocked by you" : `bot · @${store.bot.username}`;
  const kind = here.kind === "channel" ? "channel" : here.forum ? "group with topics" : here.kind;
  const count = here.members.length;
  return `${kind} · ${count} ${count === 1 ? "member" : "members"}`;
}

export function showTopics() {
  const here = chat();
  const bar = document.getElementById("topics");
  if (!here || !bar) return;
  bar.hidden = !here.forum;
  if (!here.forum) return;
  const held = bar.contains(document.activeElement);
  bar.setAttribute("role", "tablist");
  bar.setAttribute("aria-label", "Topics");
  const all = [{ id: 0, name: "General", closed: here.general_closed }, ...here.topics];
  fill(bar, all.map((one) => el("button", {
    type: "button", role: "tab", class: "topic", data: { topic: one.id },
    "aria-selected": String(one.id === topic()), tabindex: one.id === topic() ? "0" : "-1",
    on: { click: () => pick(one.id), keydown: (event) => along(event, all) },
  }, one.name, one.closed ? el("span", { class: "faint" }, " (closed)") : null,
  one.unread ? el("span", { class: "badge" }, one.unread) : null)));
  if (held) bar.querySelector("[aria-selected=true]")?.focus();
}

function along(event, all) {
  const at = all.findIndex((one) => one.id === topic());
  const go = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (go === undefined) return;
  event.preventDefault();
  pick(all[(go + all.length) % all.length].id);
  document.querySelector("#topics [aria-selected=true]")?.focus();
}

function pick(id) {
  store.topics.set(store.here, id);
  showTopics();
  showMessages();
  acts.topicChanged();
}

/** All messages anew. Used when another chat or topic is opened, or some are gone. */
export function showMessages() {
  if (!list) return;
  shownTopic = topic();
  const messages = visible();
  if (messages.length === 0) {
    fill(list, el("li", { class: "empty" }, blank()));
    lower();
    return;
  }
  const nodes = [];
  messages.forEach((message, at) => nodes.push(...pieces(message, messages[at - 1])));
  fill(list, nodes);
  const line = list.querySelector(".new-line");
  stuck = !line;
  if (line) line.scrollIntoView({ block: "center" });
  else toEnd();
  lower();
}

function blank() {
  const here = chat();
  if (here.kind !== "private") return el("p", {}, "No messages here yet.");
  return [el("strong", {}, `What can ${here.title} do?`),
    el("p", { dir: "auto" }, store.bot.description || "Press START below to begin.")];
}

function pieces(message, before) {
  const out = [];
  const me = viewer();
  if (!before || dayKey(before.date, me) !== dayKey(message.date, me)) {
    out.push(el("li", { class: "day" }, el("span", {}, day(message.date, me))));
  }
  if (divide && message.message_id === divide) {
    out.push(el("li", { class: "day new-line" }, el("span", {}, "New")));
  }
  const joined = out.length === 0 && Boolean(before) && service(before) === null
    && author(before) === author(message) && before.from?.id === message.from?.id
    && message.date - before.date < 600;
  out.push(bubble(message, joined, acts));
  return out;
}

/** A message came or changed; `how` is `new` or `edit`. */
export function showMessage(chatId, message, how) {
  if (chatId !== shown || !list) return;
  const here = chat();
  if (here.forum && topicOf(message) !== shownTopic) { showTopics(); return; }
  const messages = visible();
  const at = messages.findIndex((one) => one.message_id === message.message_id);
  if (how === "edit") {
    const old = list.querySelector(`[data-id="${message.message_id}"]`);
    if (!old) return;
    const fresh = pieces(message, messages[at - 1]).at(-1);
    const was = document.activeElement;
    const cell = old.contains(was) ? was.dataset.cell ?? "self" : null;
    old.querySelectorAll(".quote.expandable.open").forEach((_, n) => {
      fresh.querySelectorAll(".quote.expandable")[n]?.querySelector(".quote-more")?.click();
    });
    old.replaceWith(fresh);
    fresh.classList.add("changed");
    if (cell) {
      // Who walks by keyboard keeps their place although the button was made anew.
      (fresh.querySelector(`[data-cell="${cell}"]`) ?? fresh.querySelector(".key") ?? fresh)
        .focus({ preventScroll: true });
    }
  } else if (at === messages.length - 1) {
    list.querySelector(".empty")?.remove();
    const nodes = pieces(message, messages[at - 1]);
    nodes.forEach((node) => node.classList.add("fresh"));
    list.append(...nodes);
  } else {
    showMessages();
    return;
  }
  const mine = message.from?.id === store.me.id && !message.sender_chat;
  if (stuck || (how === "new" && mine)) toEnd();
  else if (how === "new") raise();
}

/** Say a new message to those who listen rather than look. */
export function announce(chatId, message) {
  if (message.from?.id === store.me.id && !message.sender_chat) return;
  const where = chatId === store.here ? "" : ` in ${store.chats.get(chatId)?.title ?? "another chat"}`;
  const who = service(message) === null ? `${author(message)}${where}: ` : "";
  while (news.childElementCount > 4) news.firstChild.remove();
  news.append(el("p", {}, `${who}${gist(message).slice(0, 400)}`));
}

const atEnd = () => !list || list.scrollHeight - list.scrollTop - list.clientHeight < 80;

export function toEnd() {
  if (!list) return;
  const node = list;
  const go = () => { node.scrollTop = node.scrollHeight; };
  stuck = true;
  go();
  // Quotes that need no folding find their height a frame later.
  requestAnimationFrame(() => { if (stuck) go(); });
  lower();
}

/** Only the reader's own move upwards lets go of the end. */
function scrolled() {
  if (atEnd()) { stuck = true; lower(); } else if (list.scrollTop < lastTop - 2) stuck = false;
  lastTop = list.scrollTop;
}

function raise() {
  below += 1;
  pill.hidden = false;
  fill(pill, icon("down", 16), below === 1 ? "1 new message" : `${below} new messages`);
}

function lower() {
  below = 0;
  if (pill) pill.hidden = true;
}

/** Show one message and let it glow for a moment. */
export function jump(id) {
  const message = chat()?.messages.find((one) => one.message_id === id);
  if (!message) return false;
  if (chat().forum && topicOf(message) !== topic()) pick(topicOf(message));
  const node = list.querySelector(`[data-id="${id}"]`);
  if (!node) return false;
  stuck = false;
  node.scrollIntoView({ block: "center", behavior: quiet() ? "instant" : "smooth" });
  node.focus({ preventScroll: true });
  node.classList.remove("glow");
  void node.offsetWidth;
  node.classList.add("glow");
  return true;
}

/** Arrow keys walk from message to message; Enter opens the actions of the one in focus. */
function walk(event) {
  const item = event.target.closest?.("li[data-id]");
  const all = [...list.querySelectorAll("li[data-id]")];
  if (all.length === 0) return;
  const steps = { ArrowUp: -1, ArrowDown: 1 };
  if (event.key in steps) {
    event.preventDefault();
    const at = item ? all.indexOf(item) + steps[event.key] : all.length - 1;
    const next = all[Math.min(all.length - 1, Math.max(0, at))];
    stuck = next === all.at(-1);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  } else if (item && event.target === item && (event.key === "Enter" || event.key === "ContextMenu")) {
    event.preventDefault();
    item.querySelector(".act")?.click();
  } else if (event.key === "End" && event.target === list) {
    toEnd();
  }
}

