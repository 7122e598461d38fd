// Votes without reloading the page. Everything works without this file.
document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (!form.matches("form[data-vote]") || form.dataset.sent) return;
  event.preventDefault();
  const place = form.closest("[data-debate]"), data = new URLSearchParams(new FormData(form));
  data.set(button.name, button.value);
  data.set("fragment", "1");
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body: data, signal: AbortSignal.timeout(15000) });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-debate]");
    if (!fresh) throw new Error();
    place.replaceWith(fresh);
    fresh.querySelector("[data-statement]")?.focus({ preventScroll: true });
    fresh.scrollIntoView({ block: "nearest" });
  } catch {
    form.dataset.sent = "1"; // the ordinary way, which says what is wrong
    form.requestSubmit(button);
  }
});

for (const area of document.querySelectorAll("textarea[data-left]")) {
  const left = document.createElement("p");
  left.className = "base";
  left.setAttribute("role", "status");
  const tell = () => { left.textContent = area.dataset.left + " " + (area.dataset.longest - [...area.value].length); };
  area.addEventListener("input", tell);
  area.after(left);
  tell();
}
