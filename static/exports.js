// While files are in the making, their list is read anew every two seconds. Without this, a link does the same.
(function () {
  function look() {
    const list = document.getElementById("exports");
    if (!list || !list.hasAttribute("data-awaited")) return;
    fetch(location.href, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((html) => show(new DOMParser().parseFromString(html, "text/html"), list))
      .catch(() => {})
      .finally(() => setTimeout(look, 2000));
  }
  function show(page, list) {
    const fresh = page.getElementById("exports");
    if (!fresh || list.contains(document.activeElement)) return;
    list.replaceWith(fresh);
    const said = document.getElementById("exports-state");
    const now = page.getElementById("exports-state").textContent;
    if (said.textContent !== now) said.textContent = now; // said aloud only when it changes
  }
  setTimeout(look, 1000);
})();
