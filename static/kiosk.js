// One person after the other answers on this tablet, with or without a network. After each the page is read anew, so
// that nothing of their answers is left in it. What waits is in kiosk-queue.js, the page itself in kiosk_worker.js.
(() => {
  const byId = (id) => document.getElementById(id);
  const about = JSON.parse(byId("about").textContent), words = JSON.parse(byId("words").textContent);
  const room = byId("room"), plural = new Intl.PluralRules(document.documentElement.lang);
  const CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", EACH_MINUTE = 60_000;
  let queue, sitting = null, failed = false;

  const next = () => location.replace(location.pathname);
  const show = (id) => { for (const one of ["start", "lacking", "left"]) byId(one).hidden = one !== id; };
  const counted = (said, n) => said[plural.select(n) === "one" ? 0 : 1].replace("%n", n);

  // Keeping: the page, the secret, leave to stay.

  const canKeep = () => typeof Queue === "function" && window.isSecureContext && "serviceWorker" in navigator && "HTMLDialogElement" in window;

  async function keepPage() {
    const { serviceWorker } = navigator, known = Boolean(serviceWorker.controller);
    serviceWorker.addEventListener("controllerchange", () => { if (known && !sitting) next(); });
    byId("ready").textContent = known ? words.ready : words.unready;
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    await serviceWorker.register(about.worker, { updateViaCache: "none" });
    await serviceWorker.ready;
    byId("ready").textContent = words.ready;
  }

  // The secret is behind the "#" of the link: no server and no log sees it there, and it does not stay in the address.
  async function learnSecret() {
    if (location.hash.length < 20) return;
    await queue.write("secret", location.hash.slice(1));
    await queue.write("stopped", "");
    history.replaceState(null, "", location.pathname);
  }

  // Sending, and telling the facilitator of it.

  async function send() {
    if (!(await queue.note("secret"))) return tell();
    try {
      const said = await queue.send();
      failed = Boolean(said.failed);
      if (!failed) await queue.write("stopped", said.message || "");
    } catch {
      failed = true;
    }
    return tell();
  }

  async function tell() {
    const waiting = await queue.all(), refused = waiting.filter((one) => one.refused), sent = await queue.note("sent"), last = await queue.note("last");
    const said = [navigator.onLine ? words.online : words.offline, waiting.length ? counted(words.waiting, waiting.length) : words.none];
    if (refused.length) said.push(counted(words.refused, refused.length), ...new Set(refused.map((one) => one.refused)));
    if (sent) said.push(counted(words.sent, sent), words.last.replace("%n", new Date(last).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })));
    if (failed && navigator.onLine) said.push(words.failed);
    put(byId("state"), said.join(" "));
    byId("erase").hidden = !waiting.length;
    const stopped = await why();
    put(byId("stopped"), stopped);
    byId("stopped").hidden = !stopped;
    byId("begin").hidden = Boolean(stopped);
    if (sitting && sitting.id) put(sitting.fate, fate(waiting, stopped));
  }

  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; }; // said aloud only when it changes

  async function why() {
    if (!(await queue.note("secret"))) return words.link;
    if (Date.now() >= about.ends) return words.over;
    if (Date.now() < about.opens) return words.early;
    return (await queue.note("stopped")) || "";
  }

  function fate(waiting, stopped) {
    const mine = waiting.find((one) => one.id === sitting.id);
    if (!mine) return sitting.said.sent;
    return mine.refused || stopped ? sitting.said.held : sitting.said.kept;
  }

  // One person, from the first question to the thanks.

  function sit(template) {
    byId("start").hidden = byId("bar").hidden = true;
    room.append(document.importNode(template.content, true)); // its scripts run now
    const person = room.querySelector(".sitting");
    sitting = { said: JSON.parse(person.dataset.said), checks: JSON.parse(person.dataset.checks), fate: person.querySelector(".fate"), form: person.querySelector("form.survey"), thanks: person.querySelector(".thanks"), warning: person.querySelector("dialog") };
    sitting.form.addEventListener("submit", finish);
    for (const button of person.querySelectorAll("[data-next]")) button.addEventListener("click", next);
    watch();
    scrollTo(0, 0);
    person.querySelector("h1").focus();
  }

  // Nobody may find the answers of who walked away; whoever is still there is asked first, and may always stay.
  function watch() {
    const { warning } = sitting, { idle, warned } = about.seconds;
    let clock;
    const stir = () => {
      clearTimeout(clock);
      if (sitting.id) return;
      clock = warning.open ? setTimeout(next, warned * 1000) : setTimeout(() => { warning.showModal(); stir(); }, idle * 1000);
    };
    for (const name of ["pointerdown", "pointermove", "keydown", "input", "scroll"]) addEventListener(name, () => { if (!warning.open) stir(); }, { passive: true, capture: true });
    warning.addEventListener("close", stir);
    stir();
  }

  async function finish(event) {
    event.preventDefault();
    if (sitting.busy) return;
    sitting.busy = true;
    try {
      const answers = typed(), wrong = problems(answers);
      if (wrong.length) return complain(wrong);
      const code = newCode();
      sitting.id = await queue.put({ version: about.version, code, answers });
      thank(code);
    } catch {
      complain([["", sitting.said.unsaved]]);
    } finally {
      sitting.busy = false;
    }
  }

  function typed() {
    const answers = {};
    for (const [name, value] of new FormData(sitting.form)) if (typeof value === "string" && value) (answers[name] = answers[name] || []).push(value);
    return answers;
  }

  const newCode = () => about.tag + Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => CODE[byte & 31]).join("");

  function thank(code) {
    sitting.form.remove();
    sitting.fate.textContent = sitting.said.kept;
    sitting.thanks.querySelector(".code strong").textContent = code.match(/.{4}/g).join("-");
    sitting.thanks.hidden = false;
    scrollTo(0, 0);
    sitting.thanks.querySelector("h1").focus();
    const clock = setTimeout(next, about.seconds.thanked * 1000), stay = sitting.thanks.querySelector("[data-stay]");
    stay.addEventListener("click", () => {
      clearTimeout(clock);
      sitting.thanks.querySelector("[data-next]").focus();
      stay.closest("p").hidden = true;
    });
    send();
  }

  // What is wrong, as far as it can be told here, as [input name, message].

  function problems(answers) {
    if (!Object.keys(answers).some((name) => /^q\d/.test(name))) return [["", sitting.said.nothing]];
    return Object.entries(sitting.checks).map(([name, rule]) => [name, problem(name, rule, answers)]).filter(([, message]) => message);
  }

  function problem(name, rule, answers) {
    const inputs = [...sitting.form.elements].filter((input) => (input.name || "").split("_")[0] === name);
    if (!inputs.length || inputs.every((input) => input.disabled)) return ""; // not asked after these answers
    const { said } = sitting, given = answers[name] || [], box = inputs[0].closest(".question");
    if (rule.required && !Object.keys(answers).some((field) => field.split("_")[0] === name)) return said.answer;
    if (rule.most && given.length > rule.most) return said.most.replace("%n", rule.most);
    if (rule.least && given.length && given.length < rule.least) return said.least.replace("%n", rule.least);
    if (box.querySelector(".left.over")) return said.over;
    const number = given.length && Number(given[0].replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
    if (rule.between && given.length && !(number >= rule.between[0] && number <= rule.between[1])) return rule.outside;
    const ranks = box.querySelector("[data-ranks]") ? inputs.map((input) => input.value).filter(Boolean) : [];
    return new Set(ranks).size < ranks.length ? said.twice : "";
  }

  function complain(wrong) {
    const { form } = sitting, summary = form.querySelector(".error-summary"), list = summary.querySelector("ul");
    for (const old of form.querySelectorAll(".field-error")) old.remove();
    for (const old of form.querySelectorAll(".question.invalid")) { old.classList.remove("invalid"); old.removeAttribute("aria-describedby"); }
    list.replaceChildren(...wrong.map(([name, message]) => line(name, message)));
    for (const [name, message] of wrong) if (name) mark(name, message);
    summary.hidden = false;
    summary.focus();
  }

  function line(name, message) {
    const item = document.createElement("li"), link = document.createElement(name ? "a" : "span");
    if (name) link.href = `#${name}`;
    link.textContent = message;
    item.append(link);
    return item;
  }

  function mark(name, message) {
    const input = byId(name) || sitting.form.elements[name], box = input.closest(".question"), told = document.createElement("p");
    told.className = "field-error";
    told.id = `${name}-error`;
    told.textContent = message;
    box.classList.add("invalid");
    box.setAttribute("aria-describedby", told.id);
    box.querySelector("legend, .legend").after(told);
  }

  // Leaving: with the facilitator's word alone.

  async function leave(event) {
    event.preventDefault();
    const word = byId("word").value.normalize("NFC").trim().toLowerCase();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${about.id} ${word}`)));
    if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") !== about.word) return put(byId("leave-said"), words.word);
    if ((await queue.all()).length && !byId("erase-them").checked) return put(byId("leave-said"), words.unsent);
    await queue.forget();
    const registration = await navigator.serviceWorker.getRegistration();
    if (registration) await registration.unregister();
    for (const name of await caches.keys()) if (name.startsWith(`kiosk ${location.pathname} `)) await caches.delete(name);
    show("left");
    byId("bar").hidden = true;
    byId("left").focus();
  }

  async function begin() {
    if (!canKeep()) return show("lacking");
    try {
      queue = new Queue(about);
      await queue.open();
    } catch {
      return show("lacking");
    }
    await learnSecret();
    for (const button of byId("begin").querySelectorAll("button")) button.addEventListener("click", () => sit(document.querySelector(`template[data-language="${button.value}"]`)));
    byId("leave").addEventListener("submit", leave);
    byId("send").addEventListener("click", () => { put(byId("state"), words.sending); send(); });
    await tell();
    show("start");
    byId("bar").hidden = false;
    keepPage().catch(() => {}); // the line about being ready says so
    for (const name of ["online", "offline"]) addEventListener(name, send);
    addEventListener("hashchange", () => learnSecret().then(send));
    const again = () => send().finally(() => setTimeout(again, EACH_MINUTE));
    again();
  }

  begin();
})();
