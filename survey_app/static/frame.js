// A questionnaire inside another website's page: tells the page around it how tall it is, and nothing else.
// Only the page around may ask (see embed.js), and only it hears the answer.
addEventListener("message", (event) => {
  if (event.source !== parent || event.data !== "survey-app:hello") return;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height) + 1;
    event.source.postMessage({ type: "survey-app:height", height }, event.origin);
  };
  new ResizeObserver(tell).observe(document.body);
});
