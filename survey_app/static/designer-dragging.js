// Moving questions and pages by drag and drop; buttons, Alt with an arrow key and a list of pages do the same.

let dragged = null;

export function startDragging(outline, send) {
  if (!outline) return;
  outline.querySelectorAll("li[data-item], li[data-page]").forEach((entry) => {
    entry.draggable = true;
    entry.addEventListener("dragstart", (event) => begin(event, entry));
    entry.addEventListener("dragend", () => clear(outline));
  });
  outline.addEventListener("dragover", (event) => mark(event, outline));
  outline.addEventListener("drop", (event) => drop(event, outline, send));
}

function begin(event, entry) {
  event.stopPropagation();
  dragged = entry;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", entry.dataset.item || entry.dataset.page);
  entry.classList.add("is-dragged");
}

// The entry under the pointer before or behind which the dragged one would come.
function aimed(event) {
  const kind = dragged?.dataset.item ? "li[data-item]" : "li[data-page]";
  const entry = event.target.closest(kind) || event.target.closest("li[data-page]");
  if (!entry || entry === dragged) return null;
  const box = entry.getBoundingClientRect();
  return { entry, isBehind: event.clientY > box.top + box.height / 2 };
}

function mark(event, outline) {
  const target = aimed(event);
  if (!target) return;
  event.preventDefault();
  clear(outline, dragged);
  target.entry.classList.add(target.isBehind ? "is-aimed-behind" : "is-aimed");
}

function drop(event, outline, send) {
  const target = aimed(event);
  clear(outline);
  if (!target || !dragged) return;
  event.preventDefault();
  const next = target.isBehind ? target.entry.nextElementSibling : target.entry;
  const values = { before: target.entry.dataset.item ? next?.dataset.item || "" : "" };
  if (dragged.dataset.item) values.page = target.entry.closest("li[data-page]").dataset.page;
  else values.before = next?.dataset.page || "";
  send(moveForm(dragged, values));
  dragged = null;
}

// The form that moves an entry of the outline, with what every form of the page carries.
export function moveForm(entry, values) {
  const form = document.createElement("form");
  [form.method, form.action] = ["post", entry.dataset.move];
  const carried = ["csrf_token", "revision", "in"].map((name) => [name, document.querySelector(`#designer [name=${name}]`)?.value || ""]);
  for (const [name, value] of [...carried, ...Object.entries(values)]) {
    const box = document.createElement("input");
    [box.type, box.name, box.value] = ["hidden", name, value];
    form.append(box);
  }
  return form;
}

function clear(outline, except) {
  for (const entry of outline.querySelectorAll(".is-aimed, .is-aimed-behind, .is-dragged")) {
    entry.classList.remove("is-aimed", "is-aimed-behind");
    if (entry !== except) entry.classList.remove("is-dragged");
  }
}
