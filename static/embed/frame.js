// Inside the frame: tells the page around it how tall this page is, so that nobody scrolls in two places; and after each
// step leads the reader to the top of the new page, which a frame does not do by itself. Nothing else is ever said.
const sites = document.currentScript.dataset.sites.split(" ");
const isStep = location.hash === "#contenu"; // so end the addresses of all pages but the first

function tell(top) {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  for (const site of sites) window.parent.postMessage({ palabre: { height, top } }, site);
}

function beginAtTheTop() {
  const start = document.querySelector(".error-summary") ?? document.querySelector("h1");
  const isIdle = [document.body, document.querySelector("main")].includes(document.activeElement);
  if (!start || !isIdle) return; // somebody is writing already
  start.tabIndex = -1;
  start.focus();
}

if (window.parent !== window) {
  if (isStep) addEventListener("load", () => setTimeout(beginAtTheTop)); // the address leads to <main>, up to then
  tell(isStep);
  new ResizeObserver(() => tell(false)).observe(document.documentElement);
  addEventListener("message", (event) => {
    if (event.source === window.parent && sites.includes(event.origin) && event.data === "palabre") tell(false);
  });
}
