// What waits on a tablet: sealed as soon as it is given, kept until somebody else says that it is stored, then forgotten.
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const textOf = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const inUtf8 = (text) => new TextEncoder().encode(text);

class Queue {
  static AT_ONCE = 10;
  static BYTES = 1_000_000; // of one message, where there is more than one answer in it
  static PATIENCE = 60_000;

  constructor(about) {
    this.about = about;
  }

  // Raises where the browser keeps nothing: in a private window, say.
  async open() {
    this.database = await new Promise((done, fail) => {
      const asked = indexedDB.open(`kiosk ${this.about.id}`, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("answers", { keyPath: "id" });
        asked.result.createObjectStore("notes");
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = asked.onblocked = () => fail(asked.error);
    });
    this.database.onversionchange = () => this.database.close(); // the tablet is being emptied
  }

  // Do `act` with a store; what it asked for once all is written, not before.
  #within(name, mode, act) {
    return new Promise((done, fail) => {
      const transaction = this.database.transaction(name, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(name));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  }

  note(name) {
    return this.#within("notes", "readonly", (store) => store.get(name));
  }

  write(name, value) {
    return this.#within("notes", "readwrite", (store) => store.put(value, name));
  }

  all() {
    return this.#within("answers", "readonly", (store) => store.getAll());
  }

  // Only the server can read what this gives: the key that sealed it is forgotten on return.
  async seal(text) {
    const { subtle } = crypto, curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await subtle.importKey("raw", bytesOf(this.about.point), curve, false, []);
    const ours = await subtle.generateKey(curve, false, ["deriveBits"]);
    const shared = await subtle.importKey("raw", await subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256), "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: inUtf8("palabre kiosk") };
    const key = await subtle.deriveKey(how, shared, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const sealed = await subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, inUtf8(text));
    return textOf([...new Uint8Array(await subtle.exportKey("raw", ours.publicKey)), ...new Uint8Array(sealed)]);
  }

  // Returns the id under which it waits; once this returns, it is on the disk.
  async put(answer) {
    const id = textOf(crypto.getRandomValues(new Uint8Array(18)));
    const sealed = await this.seal(JSON.stringify(answer));
    await this.#within("answers", "readwrite", (store) => store.put({ id, sealed }));
    return id;
  }

  // Send what waits, or just ask whether we would be listened to. One window at a time; safe to break off anywhere.
  send() {
    return navigator.locks ? navigator.locks.request(`kiosk ${this.about.id}`, () => this.#send()) : this.#send();
  }

  async #send() {
    const waiting = await this.all();
    do {
      const some = this.#some(waiting);
      const said = await this.#post(some);
      if (said.failed || said.message) return said;
      await this.#within("answers", "readwrite", (store) => {
        for (const id of said.stored) store.delete(id);
        for (const { id, sealed } of some) if (said.refused[id]) store.put({ id, sealed, refused: said.refused[id] });
      });
      await this.write("sent", ((await this.note("sent")) ?? 0) + said.stored.length);
      if (said.stored.length) await this.write("last", Date.now());
    } while (waiting.length);
    return {};
  }

  #some(waiting) {
    let bytes = 0;
    const more = waiting.slice(0, Queue.AT_ONCE).findIndex(({ sealed }, place) => (bytes += sealed.length) > Queue.BYTES && place > 0);
    return waiting.splice(0, more < 0 ? Queue.AT_ONCE : more);
  }

  // What was said of it: {stored, refused}, {message} where we are not listened to, {failed} where nobody answered.
  async #post(some) {
    const stop = new AbortController(), clock = setTimeout(() => stop.abort(), Queue.PATIENCE);
    const answers = some.map(({ id, sealed }) => ({ id, sealed }));
    try {
      const body = JSON.stringify({ secret: await this.note("secret"), answers });
      const reply = await fetch(this.about.send, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: stop.signal });
      if (reply.status === 429 || reply.status >= 500) return { failed: true };
      const said = await reply.json();
      return reply.ok ? said : { message: said.message };
    } catch {
      return { failed: true }; // no network, or a page of somebody else's in its place: a hotel's, say
    } finally {
      clearTimeout(clock);
    }
  }

  async forget() {
    this.database.close();
    await new Promise((done) => {
      const asked = indexedDB.deleteDatabase(`kiosk ${this.about.id}`);
      asked.onsuccess = asked.onerror = asked.onblocked = done;
    });
  }
}
