// Shows a questionnaire inside a website: <div data-survey="…/e/CODE" data-title="…"><a href="…">…</a></div>
// The frame comes from where this file comes from, grows with its content, sets no cookie and loads nothing else.
const home = new URL(import.meta.url).origin;
const frames = new Map();

function insert(place) {
  const address = new URL(place.dataset.survey, home);
  if (address.origin !== home) return;
  const frame = document.createElement("iframe");
  const link = [...place.childNodes];
  frame.src = address;
  frame.title = place.dataset.title || "Survey";
  frame.loading = "lazy";
  Object.assign(frame.style, { width: "100%", height: "36rem", border: "0" });
  frame.addEventListener("load", () => {
    frame.contentWindow.postMessage("survey-app:hello", home);
    // A page that may not show the survey keeps the link to it.
    setTimeout(() => frames.get(frame) || place.append(...link), 4000);
  });
  frames.set(frame, false);
  place.replaceChildren(frame);
}

addEventListener("message", (event) => {
  if (event.origin !== home || event.data?.type !== "survey-app:height") return;
  for (const frame of frames.keys()) {
    if (frame.contentWindow !== event.source) continue;
    frames.set(frame, true);
    frame.style.height = `${Math.min(Math.max(Number(event.data.height) || 0, 120), 20000)}px`;
  }
});

document.querySelectorAll("[data-survey]").forEach(insert);
