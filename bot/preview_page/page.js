// Shows what /state tells; comes again when /events says that the files were read anew.
const TAGS = new Set(["B", "I", "S", "A", "BLOCKQUOTE", "TG-TIME"]);
const list = document.getElementById("list");
const screens = document.getElementById("screens");
const problems = document.getElementById("problems");
const search = document.getElementById("search");
const live = document.getElementById("live");
let state = { groups: [], problems: [] };
let group = decodeURIComponent(location.hash.slice(1));

function make(tag, text = "", kind = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (kind) node.className = kind;
  return node;
}

// Telegram's few tags are built anew, one by one; anything else becomes its text.
function grow(from, into) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      into.append(node.textContent);
    } else if (TAGS.has(node.nodeName)) {
      const known = node.nodeName === "TG-TIME" ? "time" : node.nodeName.toLowerCase();
      const copy = document.createElement(known);
      if (node.nodeName === "A") copy.title = node.getAttribute("href");
      grow(node, copy);
      into.append(copy);
    } else {
      into.append(node.textContent);
    }
  }
}

function bubble(message) {
  const box = make("div", "", "bubble");
  grow(new DOMParser().parseFromString(message.html, "text/html").body, box);
  return box;
}

function drawScreen(screen) {
  const card = make("article", "", "screen");
  card.append(make("h3", screen.name));
  for (const message of screen.messages) {
    card.append(bubble(message));
    const rows = make("div", "", "rows");
    for (const row of message.buttons) {
      const line = make("div", "", "row");
      for (const button of row) {
        const drawn = make("span", button.text);
        drawn.title = button.does;
        line.append(drawn);
      }
      rows.append(line);
    }
    card.append(rows, make("p", `${message.length} of ${state.limit} characters`, "count"));
  }
  return card;
}

function drawList() {
  list.replaceChildren();
  for (const item of state.groups) {
    const link = make("a", `${item.title} (${item.screens.length})`);
    link.href = `#${encodeURIComponent(item.name)}`;
    link.title = item.file;
    if (item.name === group) link.setAttribute("aria-current", "true");
    list.append(link);
  }
}

function drawScreens() {
  const wanted = search.value.trim().toLowerCase();
  const shown = [];
  for (const item of state.groups) {
    for (const screen of item.screens) {
      const text = screen.messages.map((message) => message.plain).join(" ");
      const fits = wanted
        ? `${item.title} ${screen.name} ${text}`.toLowerCase().includes(wanted)
        : item.name === group;
      if (fits) shown.push(drawScreen(screen));
    }
  }
  const none = state.groups.length ? [make("p", "No such screen.")] : [];
  screens.replaceChildren(...(shown.length ? shown : none));
}

function drawProblems() {
  const drawn = state.problems.map((one) => make("pre", one.text, one.warning ? "warning" : ""));
  if (!state.is_current) {
    const rest = state.groups.length ? "below are the last good screens" : "there are no screens yet";
    drawn.unshift(make("p", `The files hold mistakes; ${rest}.`));
  }
  problems.replaceChildren(...drawn);
}

function draw() {
  if (!state.groups.some((item) => item.name === group)) group = state.groups[0]?.name ?? "";
  const at = window.scrollY;
  drawProblems();
  drawList();
  drawScreens();
  window.scrollTo(0, at);
}

async function read() {
  const answer = await fetch("/state");
  state = await answer.json();
  draw();
}

addEventListener("hashchange", () => {
  group = decodeURIComponent(location.hash.slice(1));
  search.value = "";
  draw();
  window.scrollTo(0, 0);
});
search.addEventListener("input", drawScreens);

let seen = "";
const events = new EventSource("/events");
events.onmessage = (event) => {
  live.textContent = "Reloads as you save.";
  if (event.data !== seen) read();
  seen = event.data;
};
events.onerror = () => { live.textContent = "The preview has ended; waiting for it."; };
