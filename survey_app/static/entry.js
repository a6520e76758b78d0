// Typing in what a customer says on the phone: digits choose, and the next question is at hand.
// Scales take the number itself (1 then 0 within a moment is 10); options their place in the list; Enter continues.
const PATIENCE = 700;
let typed = "";
let since = 0;

const groups = () => [...document.querySelectorAll("main fieldset")].filter((each) => each.querySelector("input[type=radio], input[type=checkbox]"));

function here() {
  const inside = document.activeElement?.closest("main fieldset");
  return inside ?? groups().find((each) => !each.querySelector("input:checked")) ?? groups()[0];
}

function rows(group) {
  // A battery answers row by row: the row at hand, else the first without an answer.
  const lines = [...group.querySelectorAll("tbody tr")];
  if (!lines.length) return group;
  return document.activeElement?.closest("tbody tr") ?? lines.find((each) => !each.querySelector("input:checked")) ?? lines[0];
}

function choices(group) {
  return [...rows(group).querySelectorAll("input[type=radio], input[type=checkbox]")];
}

function pick(text) {
  const all = choices(here());
  const isScale = all.some((each) => each.type === "radio" && /^\d+$/.test(each.value));
  return isScale ? all.find((each) => each.value === text) : all[Number(text) - 1];
}

document.addEventListener("keydown", (event) => {
  const isText = event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])");
  if (isText || event.ctrlKey || event.metaKey || event.altKey || !/^\d$/.test(event.key)) return;
  const isSecond = event.timeStamp - since < PATIENCE;
  const found = (isSecond && pick(typed + event.key)) || pick(event.key);
  typed = isSecond ? typed + event.key : event.key;
  since = event.timeStamp;
  if (!found) return;
  event.preventDefault();
  if (found.type === "checkbox") found.click();
  else found.checked = true;
  found.focus();
});

(document.querySelector("main [autofocus]") ?? document.querySelector("main :is(input:not([type=hidden]), textarea, select)"))?.focus();
