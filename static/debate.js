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
    renew(place, fresh)?.querySelector("[data-statement]")?.focus({ preventScroll: true });
  } catch {
    form.dataset.sent = "1"; // the ordinary way, which says what is wrong
    form.requestSubmit(button);
  }
});

// The live region stays where it is and is filled anew: one that arrives full is not always read aloud.
function renew(place, fresh) {
  const heard = place.querySelector(".heard"), news = fresh.querySelector(".heard");
  if (!heard || !news) {
    place.replaceWith(fresh);
    return fresh;
  }
  for (const child of [...place.children]) if (child !== heard) child.remove();
  for (const child of [...fresh.children]) if (child !== news) place.append(child);
  heard.replaceChildren(...news.childNodes);
  place.scrollIntoView({ block: "nearest" });
  return place;
}

for (const area of document.querySelectorAll("textarea[data-left]")) {
  const left = document.createElement("p");
  left.className = "base";
  left.setAttribute("role", "status");
  const tell = () => { left.textContent = area.dataset.left + " " + (area.dataset.longest - [...area.value].length); };
  area.addEventListener("input", tell);
  area.after(left);
  tell();
}
