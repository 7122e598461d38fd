// What is left to give, told while it is given; ranks set by dragging. Every question works without this file.
const language = document.documentElement.lang || undefined;

for (const sum of document.querySelectorAll("[data-total]")) {
  const total = Number(sum.dataset.total), unit = sum.dataset.unit ? "\u00a0" + sum.dataset.unit : "";
  const told = document.createElement("p");
  told.className = "left";
  told.setAttribute("role", "status");
  const given = (input) => input.type === "checkbox" ? (input.checked ? Number(input.dataset.cost) : 0) : Number.parseInt(input.value, 10) || 0;
  const tell = () => {
    let left = total;
    for (const input of sum.querySelectorAll("input")) left -= given(input);
    told.textContent = (left < 0 ? sum.dataset.over : sum.dataset.left) + " " + Math.abs(left).toLocaleString(language) + unit;
    told.classList.toggle("over", left < 0);
  };
  sum.prepend(told);
  sum.addEventListener("input", tell);
  tell();
}

for (const list of document.querySelectorAll("[data-ranks]")) {
  const select = (line) => line.querySelector("select");
  const rank = (line) => Number(select(line).value) || Infinity;
  const byRank = () => [...list.querySelectorAll(".line")].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  const most = select(list).options.length - 1;
  let dragged = null;
  const drop = (target) => {
    const before = byRank(), order = before.filter((line) => line !== dragged);
    order.splice(before.indexOf(target), 0, dragged); // the dragged line takes the place of the one it is dropped on
    const ranked = order.filter((line) => rank(line) < Infinity || line === dragged);
    const last = order.indexOf(ranked.at(-1));
    order.forEach((line, i) => { select(line).value = i <= last && i < most ? String(i + 1) : ""; });
    list.append(...order);
  };
  for (const line of byRank()) {
    line.draggable = true;
    line.addEventListener("dragstart", () => { dragged = line; });
    line.addEventListener("dragend", () => { dragged = null; });
    line.addEventListener("dragover", (event) => { if (dragged) { event.preventDefault(); line.classList.add("over"); } });
    line.addEventListener("dragleave", () => line.classList.remove("over"));
    line.addEventListener("drop", (event) => {
      event.preventDefault();
      line.classList.remove("over");
      if (dragged && dragged !== line) drop(line);
    });
  }
}
