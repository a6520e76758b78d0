// The condition builder without reloading: rows change in place, and whom they find is counted as somebody types.
// Every button submits a plain form; this only spares the reloading.
const PAUSE = 400;
const form = document.getElementById("segment");
const byId = (id) => document.getElementById(id);
let waiting = 0;
let latest = new AbortController();

// Ask for the parts of the page as this form makes them; the newest question wins.
async function ask(act) {
  latest.abort();
  latest = new AbortController();
  const data = new FormData(form);
  data.set("act", act);
  data.set("only", "builder");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data), signal: latest.signal });
    if (answer.status !== 200 || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    return null;
  }
}

function exchange(next, id) {
  const fresh = next.getElementById(id);
  if (fresh) byId(id).replaceWith(document.adoptNode(fresh));
}

// Rows changed: show them as they are now, and go on where somebody was.
async function rebuild(act) {
  clearTimeout(waiting);
  const focus = document.activeElement?.id;
  const next = await ask(act);
  if (next === undefined) return;
  if (next === null) return submitPlain(act);
  exchange(next, "builder");
  exchange(next, "found");
  (added(act) || byId(focus) || byId("add"))?.focus();
}

function added(act) {
  const [what, ...path] = act.split("-");
  if (!["add", "group"].includes(what)) return null;
  const start = what === "add" ? "field" : "joined";
  const name = [start, ...path].join("-");
  const all = [...document.querySelectorAll(`select[id^="${CSS.escape(name)}-"]`)];
  return all.filter((each) => each.id.split("-").length === path.length + 2).pop();
}

function submitPlain(act) {
  const button = Object.assign(document.createElement("button"), { name: "act", value: act, hidden: true });
  form.append(button);
  form.requestSubmit(button);
}

async function count() {
  const next = await ask("preview");
  if (next) exchange(next, "found");
}

form?.addEventListener("submit", (event) => {
  const act = event.submitter?.value;
  if (!act || act === "save" || event.submitter.hidden) return;
  event.preventDefault();
  rebuild(act);
});
form?.addEventListener("change", (event) => {
  if (event.target.matches("select[name^=field], select[name^=op]")) rebuild("refresh");
});
form?.addEventListener("input", (event) => {
  if (event.target.id === "name" || event.target.matches("select[name^=field], select[name^=op]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(count, PAUSE);
});
