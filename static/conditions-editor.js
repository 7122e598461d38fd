// The fields of "show only if": lists of the questions above, and of what may be answered to the one chosen. What they
// hold stays in the text fields of Wagtail's form, which are only hidden: without this script they can be typed into.
const STREAM = "questions";
const field = (prefix, name) => document.querySelector(`[name="${CSS.escape(`${prefix}-${name}`)}"]`);

class ConditionController extends window.StimulusModule.Controller {
  static values = { what: String };

  connect() {
    if (this.list) return;
    this.list = document.createElement("select");
    this.list.id = `${this.element.id}-list`;
    const label = document.querySelector(`label[for="${CSS.escape(this.element.id)}"]`);
    if (label) label.htmlFor = this.list.id;
    this.element.before(this.list);
    this.list.addEventListener("change", () => this.take());
    for (const event of ["focus", "mousedown"]) this.list.addEventListener(event, () => this.fill());
    document.addEventListener("palabre:condition", this.refill = () => this.fill());
    this.fill();
  }

  disconnect() {
    document.removeEventListener("palabre:condition", this.refill);
    this.list?.remove();
    this.list = null;
  }

  take() {
    this.element.value = this.list.value;
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
    document.dispatchEvent(new Event("palabre:condition"));
  }

  fill() {
    const items = this.whatValue === "question" ? above(this.element) : this.answers();
    const free = !items;
    this.list.hidden = free;
    this.element.hidden = !free;
    if (free) return;
    const now = this.element.value;
    const known = items.find((item) => item.id === now || item.label === now);
    const shown = [{ id: "", label: "—" }, ...items];
    if (now && !known) shown.push({ id: now, label: `? ${now}` });
    this.list.replaceChildren(...shown.map(({ id, label }) => new Option(label, id)));
    this.list.value = known ? known.id : now;
    if (known && known.id !== now) this.element.value = known.id;
  }

  // What may be answered to the question chosen beside; null where it has to be written.
  answers() {
    const chosen = this.element.name.replace(/value$/, "question");
    const id = document.querySelector(`[name="${CSS.escape(chosen)}"]`)?.value;
    const question = above(this.element).find((item) => item.id === id || item.label === id);
    if (!question) return null;
    const options = listed(`${question.prefix}-value-options`);
    if (options.length) {
      const other = field(question.prefix, "value-other");
      return other?.checked ? [...options, { id: "other", label: other.closest("[data-field]")?.innerText.trim() || "other" }] : options;
    }
    const steps = listed(`${question.prefix}-value-scale`);
    const rows = listed(`${question.prefix}-value-rows`);
    if (!rows.length || !steps.length) return null;
    return rows.flatMap((row) => steps.map((step) => ({ id: `${row.id}:${step.id}`, label: `${row.label} : ${step.label}` })));
  }
}

// The questions that stand above the block in which `element` is, in their order on the screen.
function above(element) {
  const found = [];
  const mine = new RegExp(`^${STREAM}-\\d+(?=-)`).exec(element.name)?.[0];
  for (const type of document.querySelectorAll(`input[name^="${STREAM}-"][name$="-type"]`)) {
    const prefix = /^(\w+-\d+)-type$/.exec(type.name)?.[1];
    if (!prefix) continue;
    if (prefix === mine) break;
    const wording = field(prefix, "value-wording");
    if (!wording || field(prefix, "deleted")?.value) continue;
    found.push({ id: identify(field(prefix, "id")), label: wording.value || `${found.length + 1}`, prefix });
  }
  return found;
}

function listed(prefix) {
  const found = [];
  for (const input of document.querySelectorAll(`[name^="${CSS.escape(prefix)}-"][name$="-value"]`)) {
    const item = input.name.slice(0, -"-value".length);
    if (!/-\d+$/.test(item) || field(item, "deleted")?.value || !input.value.trim()) continue;
    found.push({ id: identify(field(item, "id")), label: input.value.trim(), order: Number(field(item, "order")?.value) });
  }
  return found.sort((a, b) => a.order - b.order);
}

// What was just added has no identifier yet: it gets the one it will keep.
function identify(input) {
  if (input && !input.value) input.value = crypto.randomUUID();
  return input?.value ?? "";
}

// Wagtail makes a landmark of every question, line of a list and “show only if”: dozens, many of the same name. They
// keep their headings, by which a screen reader leads through them.
class QuestionsController extends window.StimulusModule.Controller {
  connect() {
    this.observer = new MutationObserver(() => this.settle());
    this.observer.observe(this.element, { childList: true, subtree: true });
    this.settle();
  }

  disconnect() {
    this.observer.disconnect();
  }

  settle() {
    for (const panel of this.element.querySelectorAll("section[aria-labelledby]")) panel.removeAttribute("aria-labelledby");
  }
}

window.wagtail.app.register("palabre-questions", QuestionsController);
window.wagtail.app.register("palabre-condition", ConditionController);
