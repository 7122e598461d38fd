// Shows only the questions that are asked, while one answers. Without this file each says in words when to answer it,
// and what is not asked is told before sending.
const form = document.querySelector("form.survey");
const items = [...form.querySelectorAll("[data-only-if]")].map((box) => ({ box, rules: JSON.parse(box.dataset.onlyIf) }));

const OPERATORS = {
  choice: { is: (mine, value) => mine.length === 1 && mine[0] === value, is_not: (mine, value) => !mine.includes(value), contains: (mine, value) => mine.includes(value) },
  ordered: { is: (mine, value) => mine === value, is_not: (mine, value) => mine !== value, greater: (mine, value) => mine > value, less: (mine, value) => mine < value },
  text: { contains: (mine, value) => folded(mine).includes(folded(value)) },
};

const folded = (text) => text.normalize("NFC").replaceAll("’", "'").split(/\s+/).join(" ").trim().toLowerCase();

// What is filled in under one name: [input name, value]; what is hidden is disabled, and so is no answer.
function filled(name) {
  return [...new FormData(form)].filter(([field, value]) => field.split("_")[0] === name && value !== "");
}

function answer(name, comparison) {
  const given = filled(name);
  if (!given.length) return null;
  const own = given.find(([field]) => field === name)?.[1];
  if (comparison === "number") return own === undefined ? null : Number(own.replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
  if (comparison === "date") {
    const part = Object.fromEntries(given.map(([field, value]) => [field.split("_")[1], value.trim()]));
    return part.day && part.month && part.year ? [part.year.padStart(4, "0"), part.month.padStart(2, "0"), part.day.padStart(2, "0")].join("-") : null;
  }
  if (comparison === "text") return own ?? null;
  const rows = form.querySelector(`[data-row^="${name}_"]`);
  if (rows) return given.map(([field, value]) => `${form.querySelector(`[data-row="${field}"]`)?.dataset.id}:${value}`);
  return given.filter(([field]) => field === name).map(([, value]) => value);
}

// A ranking, say, cannot be followed here: its condition stays in words, and what hangs on it stays in sight.
const isReadable = (condition) =>
  !Array.isArray(condition) || !condition[1].startsWith("choice") || Boolean(form.elements[condition[0]] || form.querySelector(`[data-row^="${condition[0]}_"]`));

for (const { box, rules } of items) {
  const readable = rules.every(({ conditions }) => conditions.every(isReadable));
  for (const words of box.querySelectorAll(".condition")) words.hidden = readable;
}

function holds(condition) {
  if (!Array.isArray(condition)) return condition; // decided on an earlier page
  const [name, comparison, operator, value] = condition;
  if (!isReadable(condition)) return true;
  if (operator === "answered") return filled(name).length > 0;
  if (operator === "unanswered") return filled(name).length === 0;
  const mine = answer(name, comparison);
  if (mine === null || mine.length === 0) return false;
  const compare = OPERATORS[{ choices: "choice", number: "ordered", date: "ordered" }[comparison] ?? comparison]?.[operator];
  return compare ? compare(mine, comparison === "number" ? Number(value) : value) : false;
}

const isAsked = (rules) => rules.every(({ match, conditions }) => (match === "all" ? conditions.every(holds) : conditions.some(holds)));

function follow() {
  for (const { box, rules } of items) {
    const asked = isAsked(rules);
    box.hidden = !asked;
    for (const input of box.querySelectorAll("input, select, textarea")) input.disabled = !asked;
  }
}

form.addEventListener("input", follow);
form.addEventListener("change", follow);
window.addEventListener("pageshow", follow);
follow();
