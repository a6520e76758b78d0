// Saves the inspector's form a moment after somebody stops typing. The server decides: what it refuses is said here,
// an older revision than the server's is never saved, and nothing typed is thrown away.
import { exchange, words } from "./designer.js";

const PAUSE = 900;
const RETRY = 5000;
let form, running;
let timer = null;

export function startAutosave(next) {
  window.clearTimeout(timer);
  [form, timer] = [next, null];
  form?.addEventListener("input", later);
}

// Save now what still waits; sending the very form that waits saves it anyway.
export async function savePending(sending) {
  if (timer && sending !== form) await save();
  window.clearTimeout(timer);
  timer = null;
  await running;
}

function later(event) {
  // Codes, places and lists to add wait for the button: half-typed they would be taken for real.
  if (event?.target.closest?.("[data-explicit]")) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(save, PAUSE);
}

export function isPending() {
  return timer !== null;
}

async function save() {
  // Whoever saves before the time has come leaves nothing to be saved when it comes.
  window.clearTimeout(timer);
  timer = null;
  await running;
  running = send(form);
  await running;
}

async function send(saved) {
  const data = new URLSearchParams(new FormData(saved));
  for (const each of saved.querySelectorAll("[data-explicit]")) data.set(each.name, each.defaultValue);
  data.set("autosave", "1");
  say(words("saving"));
  let answer;
  try {
    answer = await fetch(saved.action, { method: "POST", body: data });
  } catch {
    say(words("offline"), "is-wrong");
    timer = window.setTimeout(save, RETRY);
    return;
  }
  if (answer.status === 409) return clash(saved);
  const html = await answer.text();
  if (answer.status === 422) {
    const faults = new DOMParser().parseFromString(html, "text/html").querySelectorAll(".error-summary li");
    say(`${words("unsaved")} ${[...faults].map((each) => each.textContent).join(" ")}`, "is-wrong");
  } else if (answer.ok && html.includes('id="designer"')) {
    exchange(html, ["designer-bar"]);
    exchangeQuietly(html);
  } else {
    say(words("offline"), "is-wrong");
    // The server may only be busy; what is no answer of the designer's (a sign-in) would not become one.
    if (answer.status >= 500) timer = window.setTimeout(save, RETRY);
  }
}

// The outline and the picture follow; the inspector stays as it is, with the focus in it.
function exchangeQuietly(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  for (const item of next.querySelectorAll("#outline li[data-item] > a, #outline .outline-page-link")) {
    document.getElementById(item.id)?.replaceChildren(...document.adoptNode(item).childNodes);
  }
  const [frame, fresh] = [document.querySelector(".canvas-frame"), next.querySelector(".canvas-frame")];
  if (frame && fresh) frame.contentWindow.location.replace(fresh.src);
}

function clash(saved) {
  const compare = document.createElement("button");
  [compare.type, compare.className, compare.textContent] = ["button", "btn btn-secondary", words("compare")];
  compare.addEventListener("click", () => {
    saved.dataset.plain = "";
    saved.requestSubmit();
  });
  say(`${words("conflict")} `, "is-wrong").append(compare);
}

export function say(text, state = "") {
  const line = document.getElementById("saved");
  [line.className, line.textContent] = [`designer-saved ${state}`, text];
  return line;
}

window.addEventListener("beforeunload", (event) => {
  if (timer) event.preventDefault();
});
