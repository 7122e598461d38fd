// For the page of another site around a survey: gives its frame the height of what is in it. Nothing is read or sent.
// Only what our own site says in one of this page's frames is heard, and no height is taken that makes no sense.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const LEAST = 200, MOST = 30000; // pixels

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== ours) return;
    const frame = [...document.querySelectorAll("iframe")].find((one) => one.contentWindow === source);
    const { height, top } = data?.palabre ?? {};
    if (!frame || !Number.isFinite(height)) return;
    frame.style.height = `${Math.min(Math.max(Math.ceil(height), LEAST), MOST)}px`;
    if (top === true && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
  });

  // A frame that was there before this script spoke to nobody: it is asked again.
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(`${ours}/integrer/`)) frame.contentWindow.postMessage("palabre", "*");
  }
})();
