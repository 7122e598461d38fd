// Keying in by the numbers beside the boxes. Without this file the form is an ordinary one.
const form = document.querySelector("[data-keying]"), said = form.querySelector("[data-said]");
let typed = ""; // figures of a number that may still go on

const shown = (place) => place.offsetParent !== null && !place.matches(":disabled");
const stops = () => [...form.querySelectorAll("[data-stop], [data-line], [data-send]")].filter(shown);
const boxes = (stop) => [...stop.querySelectorAll("[data-code]")];

function enter(stop) {
  typed = "";
  if (!stop) return;
  const inside = stop.matches("[data-stop]") ? stop.querySelector("input:checked") ?? stop.querySelector("input") : stop;
  inside.focus();
  if (inside.select && inside.type === "text") inside.select();
  stop.scrollIntoView({ block: "nearest" });
}

const go = (from, step) => { const all = stops(); enter(all[all.indexOf(from) + step]); };

function tick(box, on) {
  box.checked = on;
  box.focus();
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function empty(stop) {
  typed = "";
  for (const box of boxes(stop)) if (box.checked) box.checked = false;
  const none = stop.querySelector("[data-none]");
  if (none) tick(none, true);
  else stop.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
}

// A figure was typed: is the number whole, may it go on, or is there no such box?
function figure(stop, digit) {
  const several = "several" in stop.dataset;
  const known = (text) => boxes(stop).some((box) => box.dataset.code.startsWith(text));
  typed = known(typed + digit) ? typed + digit : digit;
  const box = boxes(stop).find((one) => one.dataset.code === typed);
  const open = boxes(stop).some((one) => one.dataset.code !== typed && one.dataset.code.startsWith(typed));
  said.textContent = known(typed) ? "" : `${typed} ?`;
  if (!known(typed)) typed = "";
  else if (several && !open) { tick(box, !box.checked); typed = ""; }
  else if (!several && box) { tick(box, true); if (!open) go(stop, 1); }
}

// The end of a number that might have gone on.
function finish(stop) {
  const box = typed && boxes(stop).find((one) => one.dataset.code === typed);
  if (box && "several" in stop.dataset) tick(box, !box.checked);
  typed = "";
}

form.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const stop = event.target.closest("[data-stop], [data-line]");
  if (!stop) return;
  const act = keyed(event, stop);
  if (act) { event.preventDefault(); act(); }
});

function keyed(event, stop) {
  if (event.key === "Enter") {
    if (stop.matches("textarea") && event.shiftKey) return null; // a new line
    return () => { if (stop.matches("[data-stop]")) finish(stop); go(stop, event.shiftKey ? -1 : 1); };
  }
  if (!stop.matches("[data-stop]")) return null;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? (/^[0-9]$/.test(event.key) ? event.key : "");
  if (digit) return () => figure(stop, digit);
  if (["-", "–"].includes(event.key)) return () => { empty(stop); if (!("several" in stop.dataset)) go(stop, 1); };
  if (["Backspace", "Delete"].includes(event.key)) return () => empty(stop);
  return [" ", ",", ";"].includes(event.key) && typed ? () => finish(stop) : null;
}

form.addEventListener("focusin", (event) => { if (!event.target.closest("[data-stop]")) typed = ""; });
// One Enter too many on the button sends once.
form.addEventListener("submit", (event) => { if (form.dataset.sent) event.preventDefault(); form.dataset.sent = "1"; });
window.addEventListener("pageshow", () => { delete form.dataset.sent; });
const bad = form.querySelector(".invalid [data-stop], .invalid [data-line]");
enter(document.getElementById("keying-errors") ? bad ?? stops()[0] : stops().find((stop) => stop.id !== "sheet_number"));
