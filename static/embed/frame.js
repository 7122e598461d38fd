// Inside the frame: tells the page around it how tall this page is, so that nobody scrolls in two places; and after each
// step leads the reader to the top of the new page, which a frame does not do by itself. Nothing else is ever said.
const sites = document.currentScript.dataset.sites.split(" ");
const isStep = document.referrer.startsWith(location.origin + "/integrer/");

function tell(top) {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  for (const site of sites) window.parent.postMessage({ palabre: { height, top } }, site);
}

function beginAtTheTop() {
  const start = document.querySelector(".error-summary, h1");
  if (!start) return;
  start.tabIndex = -1;
  start.focus();
}

if (window.parent !== window) {
  if (isStep) beginAtTheTop();
  tell(isStep);
  new ResizeObserver(() => tell(false)).observe(document.documentElement);
  addEventListener("message", (event) => {
    if (event.source === window.parent && sites.includes(event.origin) && event.data === "palabre") tell(false);
  });
}
