// Puts the page together: who acts, which chat is open, and what a click asks of the server.

import { aboutChat } from "./about.js";
import { showClock, tickClock } from "./clock.js";
import * as composer from "./composer.js";
import { safe } from "./entities.js";
import { Live, Refusal, post } from "./net.js";
import { ask, choose, copy, dialog, enlarge, menu, toast } from "./popups.js";
import { showSide, tickSide } from "./side.js";
import * as thread from "./thread.js";
import {
  chat, forget, isBot, now, patch, setClock, store, take, topicOf, upsert,
} from "./store.js";
import { el, narrow } from "./dom.js";

const app = document.getElementById("app");
const waiting = new Map(); // press id -> the button that waits for its answer
const early = new Map();   // answers that came before their press was confirmed
let live = null;
let first = true;
let follow = null; // the supergroup that a group being read became

// --- asking the server -----------------------------------------------------------------------

/** Post for the acting person; a refusal is shown and gives null. */
async function act(path, body) {
  try {
    return await post(path, { as: store.me.id, ...body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, "bad");
    return null;
  }
}

const here = () => ({ chat: store.here, ...(chat()?.forum && thread.topic() ? { thread: thread.topic() } : {}) });

async function say(text, reply = null) {
  return await act("say", { ...here(), text, ...(reply ? { reply } : {}) }) !== null;
}

async function member(what, more = {}) {
  return act("member", { chat: store.here, do: what, ...more });
}

async function start(payload) {
  store.offer = "";
  visit(desk());
  await act("start", { payload });
}

/** The private chat with the bot. */
const desk = () => [...store.chats.values()].find((one) => one.kind === "private").id;

// --- where one is ------------------------------------------------------------------------------

/** Open a chat. On a phone this is a step that the browser's way back undoes. */
function visit(id, { push = true } = {}) {
  if (!store.chats.has(id)) return;
  const changed = store.here !== id;
  store.here = id;
  app.dataset.view = "thread";
  if (push) history.pushState({ chat: id }, "", `#${store.me.id}/${id}`);
  else history.replaceState({ chat: id }, "", `#${store.me.id}/${id}`);
  if (changed || push) {
    thread.showThread(acts);
    composer.showComposer(acts);
    composer.focusEntry();
  }
  showSide(acts);
  seen();
}

function leave() {
  app.dataset.view = "list";
  if (narrow()) store.here = null;
  history.replaceState({}, "", `#${store.me.id}`);
  if (narrow()) thread.showThread(acts);
  showSide(acts);
  document.querySelector("#side .row")?.focus();
}

async function become(id) {
  if (store.me?.id === id && live) return;
  live?.close();
  first = true;
  store.here = null;
  remember(id);
  connect(id);
}

function remember(id) {
  try {
    sessionStorage.setItem("as", String(id));
  } catch {
    // Without storage the first person acts again after a reload.
  }
}

/** The open chat counts as read while the page is looked at. */
function seen() {
  const open = chat();
  if (!open?.unread || document.hidden || (narrow() && app.dataset.view !== "thread")) return;
  open.unread = 0;
  act("read", { chat: open.id });
  showSide(acts);
}

function connect(id) {
  live = new Live(id, {
    state: arrived,
    event: happened,
    status: (up) => app.classList.toggle("offline", !up),
  });
}

function arrived(state) {
  const before = store.here;
  take(state);
  const fromHash = Number(location.hash.slice(1).split("/")[1]);
  const hashIsMine = Number(location.hash.slice(1).split("/")[0]) === store.me.id;
  showClock();
  if (first) {
    first = false;
    const wanted = hashIsMine && store.chats.has(fromHash) ? fromHash : null;
    if (wanted !== null || !narrow()) visit(wanted ?? desk(), { push: false });
    else { app.dataset.view = "list"; thread.showThread(acts); history.replaceState({}, "", `#${store.me.id}`); }
    showSide(acts);
    deepLink();
    return;
  }
  store.here = store.chats.has(before) ? before : null;
  showSide(acts);
  thread.showThread(acts);
  composer.showComposer(acts);
  seen();
}

/** `/?start=payload` works as such a link does in Telegram; `?offer=` waits for the START button. */
function deepLink() {
  const query = new URLSearchParams(location.search);
  const payload = query.get("start");
  const offer = query.get("offer");
  if (payload === null && offer === null) return;
  history.replaceState(history.state, "", `/${location.hash}`);
  if (!/^[\w-]{0,64}$/.test(payload ?? offer)) { toast("That link's start parameter is not valid.", "bad"); return; }
  if (payload !== null) { start(payload); return; }
  store.offer = offer;
  visit(desk());
}

// --- what happens in the world ------------------------------------------------------------------

function happened(kind, body) {
  switch (kind) {
    case "message": return came(body);
    case "gone":
      forget(body.chat, body.ids);
      if (body.chat === store.here) thread.showMessages();
      break;
    case "chat": {
      const open = body.chat.id === store.here;
      patch(body.chat);
      if (body.chat.id === follow) { follow = null; visit(body.chat.id); return; }
      if (open) { thread.showHead(); thread.showTopics(); composer.showComposer(acts); composer.forced(); }
      seen();
      break;
    }
    case "left":
      store.chats.delete(body.chat);
      if (store.here === body.chat) { follow = body.to; store.here = null; app.dataset.view = "list"; thread.showThread(acts); }
      break;
    case "typing": {
      const found = store.chats.get(body.chat);
      if (found) found.typing = body.until;
      if (body.chat === store.here) thread.showHead();
      break;
    }
    case "answer": return answered(body);
    case "results": composer.results(body); return;
    case "clock": setClock(body); showClock(); return;
    case "people": {
      store.people = body.people;
      store.bot = body.bot;
      store.me = store.people.find((one) => one.id === store.me.id) ?? store.me;
      if (chat()?.messages.length === 0) thread.showMessages();
      break;
    }
    default: return;
  }
  showSide(acts);
}

function came({ chat: id, message }) {
  const how = upsert(id, message);
  const found = store.chats.get(id);
  if (!found) return;
  if (isBot(message.from)) found.typing = 0;
  thread.showMessage(id, message, how);
  if (how === "new") {
    thread.announce(id, message);
    if (id === store.here && found.messages.length === 1) composer.showComposer(acts);
  }
  if (id === store.here) thread.showHead();
  showSide(acts);
}

function answered(body) {
  const button = waiting.get(body.id);
  if (button === undefined) {
    early.set(body.id, body);
    return;
  }
  waiting.delete(body.id);
  button.removeAttribute("aria-busy");
  if (body.url) open(body.url);
  if (!body.text) return;
  if (body.alert) ask(store.bot.name, body.text, [{ label: "OK", main: true }]);
  else toast(body.text);
}

// --- buttons and links ----------------------------------------------------------------------------

async function press(message, button, node) {
  if (button.url !== undefined) return open(button.url);
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.switch_inline_query_current_chat !== undefined) {
    return composer.put(`@${store.bot.username} ${button.switch_inline_query_current_chat}`);
  }
  const elsewhere = button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query;
  if (elsewhere !== undefined || button.switch_inline_query_chosen_chat) {
    return intoChat("Post it in which chat?", `@${store.bot.username} ${elsewhere ?? ""}`);
  }
  if (button.callback_data === undefined) return toast("The sandbox has no such button.");
  if (node.getAttribute("aria-busy") === "true") return undefined;
  node.setAttribute("aria-busy", "true");
  const [row, column] = node.dataset.cell.split(".").map(Number);
  const done = await act("press", { chat: store.here, message: message.message_id, row, column });
  if (done === null) { node.removeAttribute("aria-busy"); return undefined; }
  waiting.set(done.id, node);
  if (early.has(done.id)) answered(early.get(done.id));
  early.clear();
  setTimeout(() => { waiting.delete(done.id); node.removeAttribute("aria-busy"); }, 15000);
  return undefined;
}

function intoChat(title, words) {
  choose(title, [...store.chats.values()].filter((one) => one.can_write && !one.blocked).map((one) => ({
    id: one.kind === "private" ? store.bot.id : one.id, name: one.title,
    kind: one.kind === "private" ? "robot" : one.kind, note: one.kind,
    act: () => { visit(one.id); composer.put(words); },
  })), "There is no chat to write in.");
}

async function pressReply(messageId, row, column, button) {
  if (!button.request_chat) return act("press", { chat: store.here, message: messageId, row, column });
  const wanted = button.request_chat.chat_is_channel ? ["channel"] : ["group", "supergroup"];
  choose("Share which chat?", [...store.chats.values()].filter((one) => wanted.includes(one.kind)).map((one) => ({
    id: one.id, name: one.title, kind: one.kind, note: one.kind,
    act: () => act("press", { chat: store.here, message: messageId, row, column, share: one.id }),
  })), "You are in no such chat.");
  return undefined;
}

/** Follow a link: into this page where it leads to the bot or a message, outside only when confirmed. */
function open(url) {
  const clean = safe(/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`);
  if (clean === null) { toast("This link leads nowhere safe."); return; }
  if (inside(new URL(clean))) return;
  if (clean.startsWith("tg:")) { toast("This link needs the real Telegram."); return; }
  ask("Open this link?", clean, [
    { label: "Open", main: true, act: () => window.open(clean, "_blank", "noopener,noreferrer") },
    { label: "Copy", act: () => copy(clean) },
    { label: "Cancel" },
  ]);
}

function inside(link) {
  let path = null;
  if (link.protocol === "tg:" && (link.host || link.pathname.replace(/\//g, "")) === "resolve") {
    path = [link.searchParams.get("domain") ?? ""];
  } else if (["t.me", "telegram.me"].includes(link.hostname)) path = link.pathname.split("/").filter(Boolean);
  if (!path?.length) return false;
  if (path[0].toLowerCase() === store.bot.username.toLowerCase()) {
    const group = link.searchParams.get("startgroup");
    if (group !== null || link.searchParams.has("startchannel")) { toGroup(group ?? ""); return true; }
    if (link.searchParams.has("start")) start(link.searchParams.get("start"));
    else visit(desk());
    return true;
  }
  if (path[0] === "share" && link.searchParams.has("url")) {
    intoChat("Share with which chat?",
      [link.searchParams.get("text"), link.searchParams.get("url")].filter(Boolean).join("\n"));
    return true;
  }
  const found = path[0] === "c" ? store.chats.get(Number(`-100${path[1]}`))
    : [...store.chats.values()].find((one) => one.username && one.username.toLowerCase() === path[0].toLowerCase());
  if (!found) return false;
  visit(found.id);
  const id = Number(path.at(-1));
  if (Number.isInteger(id) && !thread.jump(id)) toast("That message is not here any more.");
  return true;
}

function toGroup(payload) {
  choose("Add the bot to which chat?", [...store.chats.values()]
    .filter((one) => one.actions.some((action) => action.do === "add_bot"))
    .map((one) => ({
      id: one.id, name: one.title, kind: one.kind, note: one.kind,
      act: () => { visit(one.id); member("add_bot", { payload }); },
    })), "There is no chat that you may add it to.");
}

// --- what the parts of the page may ask for ---------------------------------------------------------

const acts = {
  visit, leave, become, start, open, press, pressReply, member, enlarge,
  say: (text, reply) => say(text, reply),
  mention: (name) => {
    if (name.slice(1).toLowerCase() === store.bot.username.toLowerCase()) composer.put(`${name} `);
    else open(`https://t.me/${name.slice(1)}`);
  },
  jump: (id) => { if (!thread.jump(id)) toast("That message is not here any more."); },
  about: () => aboutChat(acts, act),
  topicChanged: () => { composer.showComposer(acts); composer.focusEntry(); },
  inTopic: (message) => !chat().forum || topicOf(message) === thread.topic(),
  edit: async (id, text) => await act("edit", { chat: store.here, message: id, text }) !== null,
  inlineAsk: (query) => act("inline", { ...here(), query }),
  inlineChoose: (query, result) => act("inline", { ...here(), id: query, result }),
  location: () => choose("Send which place?", store.cities.map((city) => ({
    name: city.name, note: city.zone, icon: "pin",
    act: () => act("location", {
      ...here(), latitude: city.latitude, longitude: city.longitude, ...composer.answering(),
    }),
  })), "No places."),
  menu: (message, anchor) => {
    const mine = message.from?.id === store.me.id && !message.sender_chat;
    const words = message.text ?? message.caption;
    const can = chat().can_write && !chat().blocked;
    menu(anchor, [
      can ? { label: "Reply", icon: "reply", act: () => composer.reply(message) } : null,
      mine && can && message.text !== undefined && !message.via_bot
        ? { label: "Edit", icon: "edit", act: () => composer.edit(message) } : null,
      words ? { label: "Copy the text", icon: "copy", act: () => copy(words) } : null,
      { label: "As the Bot API has it", icon: "file", act: () => raw(message) },
      mine || chat().kind === "private" ? { label: "Delete", icon: "bin", danger: true,
        act: () => act("delete", { chat: store.here, message: message.message_id }) } : null,
    ].filter(Boolean));
  },
};

function raw(message) {
  const text = JSON.stringify(message, null, 2);
  dialog(`Message ${message.message_id}`, [el("pre", { class: "raw", tabindex: "0" }, text),
    el("div", { class: "choices" }, el("button", {
      type: "button", class: "button", on: { click: () => copy(text) },
    }, "Copy"))], { wide: true });
}

// --- the whole page -----------------------------------------------------------------------------------

addEventListener("popstate", () => {
  const [as, id] = location.hash.slice(1).split("/").map(Number);
  if (!store.ready || as !== store.me.id) return;
  if (store.chats.has(id)) visit(id, { push: false });
  else leave();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], .menu")) return;
  if (narrow() && app.dataset.view === "thread") leave();
  else composer.focusEntry();
});

document.addEventListener("visibilitychange", seen);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => store.ready && showSide(acts));

setInterval(() => {
  if (!store.ready) return;
  tickClock();
  tickSide();
  for (const one of store.chats.values()) {
    if (one.typing && one.typing <= now()) {
      one.typing = 0;
      if (one.id === store.here) thread.showHead();
      showSide(acts);
    }
  }
}, 500);

let last = null;
try {
  last = sessionStorage.getItem("as");
} catch {
  // See `remember`.
}
connect(Number(location.hash.slice(1).split("/")[0]) || Number(last) || "first");

