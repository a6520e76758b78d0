// Leaving a page with something typed and not sent asks first; sending it asks nothing.
let isTyped = false;

for (const form of document.querySelectorAll("form[data-guarded]")) {
  form.addEventListener("input", () => (isTyped = true));
  form.addEventListener("submit", () => (isTyped = false));
}

window.addEventListener("beforeunload", (event) => {
  if (isTyped) event.preventDefault();
});
