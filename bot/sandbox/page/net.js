// Talking to the demo's server: requests, and the stream of events.

export class Refusal extends Error {}

async function answer(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    // An answer without JSON has nothing to add to its status.
  }
  if (!response.ok) throw new Refusal(body?.error ?? `The server answered ${response.status}.`);
  return body;
}

async function reach(path, options) {
  let response;
  try {
    response = await fetch(`/demo/${path}`, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new Refusal("The server cannot be reached.");
  }
  return answer(response);
}

export const get = (path) => reach(path, {});

export const post = (path, body) => reach(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

const KINDS = ["message", "gone", "chat", "left", "typing", "answer", "results", "clock", "people"];

/**
 * The stream for one person. Every (re)connection begins with `hello`: the whole state is then
 * fetched anew, and events are held back until it has come, so that none is lost between.
 */
export class Live {
  constructor(person, { state, event, status }) {
    this.person = person;
    this.on = { state, event, status };
    this.held = null;
    this.closed = false;
    this.wait = 0;
    this.open();
  }

  open() {
    if (this.closed) return;
    this.source = new EventSource(`/demo/events?as=${encodeURIComponent(this.person)}`);
    this.source.addEventListener("hello", () => this.load());
    for (const kind of KINDS) {
      this.source.addEventListener(kind, (event) => {
        const body = JSON.parse(event.data);
        if (this.held) this.held.push([kind, body]);
        else this.on.event(kind, body);
      });
    }
    this.source.addEventListener("error", () => {
      if (this.closed) return;
      this.on.status(false);
      // A stream that was refused is closed for good by the browser; one that broke comes back alone.
      if (this.source.readyState === EventSource.CLOSED) {
        this.wait = Math.min(10000, (this.wait || 500) * 2);
        this.timer = setTimeout(() => this.open(), this.wait);
      }
    });
  }

  async load() {
    this.held = [];
    try {
      const state = await get(`state?as=${encodeURIComponent(this.person)}`);
      if (this.closed) return;
      const held = this.held;
      this.held = null;
      this.wait = 0;
      this.on.state(state);
      for (const [kind, body] of held) if (body.seq > state.seq) this.on.event(kind, body);
      this.on.status(true);
    } catch {
      this.held = null;
      this.on.status(false);
      if (!this.closed) {
        this.source.close();
        this.timer = setTimeout(() => this.open(), 1000);
      }
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.source.close();
  }
}
