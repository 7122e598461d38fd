// Maps, loaded when somebody wants one: to point at a place, and to look at places. Everything works without this file.
{
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  let leaflet; // one loading for all maps of the page

  function load(files) {
    leaflet ??= Promise.all(files.map((file) => new Promise((done, failed) => {
      const isStyle = file.split("?")[0].endsWith(".css");
      const node = document.createElement(isStyle ? "link" : "script");
      if (isStyle) { node.rel = "stylesheet"; node.href = file; } else node.src = file;
      node.onload = done;
      node.onerror = () => { leaflet = undefined; node.remove(); failed(new Error(file)); };
      document.head.append(node);
    })));
    return leaflet;
  }

  async function json(url, signal = AbortSignal.timeout(10000)) {
    const response = await fetch(url, { signal, credentials: "same-origin" });
    if (!response.ok) throw new Error(url);
    return response.json();
  }

  function button(text, act, sign) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = sign ? "map-key" : "map-act";
    made.textContent = sign || text;
    if (sign) { made.setAttribute("aria-label", text); made.title = text; }
    made.addEventListener("click", act);
    return made;
  }

  // What both uses share: a button that opens, the ground, and a button for whatever dragging and wheels can do.
  class Room {
    constructor(place) {
      this.place = place;
      this.ground = JSON.parse(place.dataset.ground);
      this.words = this.ground.words;
      this.room = place.querySelector(".map-room");
      this.said = place.querySelector(".map-said");
      this.opener = place.querySelector(".map-open");
      this.opening = this.opener.textContent;
      this.opener.parentElement.hidden = false;
      this.opener.addEventListener("click", () => (this.room.hidden ? this.open() : this.close()));
    }

    say(text) { this.said.textContent = text; }

    async open() {
      this.opener.setAttribute("aria-busy", "true");
      try {
        const [base] = await Promise.all([json(this.ground.base), load(this.ground.files)]);
        this.room.hidden = false;
        if (!this.map) this.draw(base);
        this.opener.setAttribute("aria-expanded", "true");
        this.opener.textContent = this.words.close;
        this.map.invalidateSize();
        this.canvas.focus({ preventScroll: true });
        this.room.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      } catch {
        this.room.hidden = true;
        this.say(this.words.failed);
      }
      this.opener.removeAttribute("aria-busy");
    }

    close() {
      this.room.hidden = true;
      this.opener.setAttribute("aria-expanded", "false");
      this.opener.textContent = this.opening;
      this.opener.focus();
    }

    draw(base) {
      this.canvas = document.createElement("div");
      this.canvas.className = "map";
      this.room.append(this.canvas);
      this.map = L.map(this.canvas, {
        zoomControl: false, keyboardPanDelta: 30, scrollWheelZoom: false, maxZoom: base.max_zoom,
        zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
      });
      this.map.attributionControl.setPrefix("");
      this.canvas.setAttribute("role", "application");
      this.canvas.setAttribute("aria-label", this.words.map);
      this.canvas.addEventListener("focusin", () => this.map.scrollWheelZoom.enable());
      this.canvas.addEventListener("focusout", () => this.map.scrollWheelZoom.disable());
      this.canvas.addEventListener("keydown", (event) => this.key(event));
      const [west, south, east, north] = this.bounds();
      this.map.fitBounds([[south, west], [north, east]]);
      this.map.createPane("ground").style.zIndex = 250; // comes when it comes, and lies under all else
      this.lay(base);
      this.keys();
    }

    async lay(base) {
      if (base.attribution) this.map.attributionControl.addAttribution(L.Util.template("{a}", { a: base.attribution.replace(/[<>&]/g, "") }));
      if (base.kind === "tiles") L.tileLayer(base.url, { maxZoom: base.max_zoom, referrerPolicy: "no-referrer", alt: "" }).addTo(this.map);
      const layers = [base.kind === "layer" && base.url, ...(this.place.dataset.layers || "").split(" ")].filter(Boolean);
      for (const url of layers) {
        const options = { interactive: false, pane: "ground", style: (f) => ({ className: "ground ground-" + (f.properties.kind || "other") }) };
        try { L.geoJSON(await json(url), options).addTo(this.map); } catch { /* a map without it is still a map */ }
      }
    }

    keys() {
      const bar = document.createElement("div"), words = this.words, map = this.map;
      bar.className = "map-keys";
      const step = (x, y) => () => map.panBy([x * 90, y * 90], { animate: !calm });
      bar.append(
        button(words.closer, () => map.zoomIn(), "+"), button(words.farther, () => map.zoomOut(), "−"),
        button(words.left, step(-1, 0), "←"), button(words.up, step(0, -1), "↑"),
        button(words.down, step(0, 1), "↓"), button(words.right, step(1, 0), "→"),
        ...this.acts(),
      );
      this.room.append(bar);
    }

    key(event) {
      if (event.key === "Escape") { event.preventDefault(); this.close(); }
    }
  }

  // To point at a place: the cross is the middle of the map, so arrows, buttons, fingers and mice all do the same.
  class Location extends Room {
    constructor(place) {
      super(place);
      this.name = place.dataset.location;
      this.ask = JSON.parse(place.dataset.ask);
      this.points = [];
      const inputs = (part) => place.querySelector(`[name="${this.name}_${part}"]`);
      [this.lon, this.lat, this.shape, this.address] = ["lon", "lat", "shape", "address"].map(inputs);
      this.choices = [...place.querySelectorAll(`[name="${this.name}_place"]`)];
      for (const choice of this.choices) choice.addEventListener("change", () => this.chosen(choice.value));
      if (this.lon.value) this.points = [[+this.lon.value.replace(",", "."), +this.lat.value.replace(",", ".")]];
      if (this.shape?.value) this.points = this.restored(this.shape.value);
      if (this.points.length) this.tell();
    }

    restored(text) {
      try {
        const drawn = JSON.parse(text).coordinates;
        return this.ask.draw === "area" ? drawn[0].slice(0, -1) : drawn;
      } catch { return []; }
    }

    bounds() {
      const known = [...this.ask.places.map((p) => p.point), ...this.points];
      if (!this.ask.places.length) return this.ask.bbox || [-5.2, 41.3, 9.7, 51.2];
      const xs = known.map((p) => p[0]), ys = known.map((p) => p[1]), room = 0.0005;
      return [Math.min(...xs) - room, Math.min(...ys) - room, Math.max(...xs) + room, Math.max(...ys) + room];
    }

    draw(base) {
      super.draw(base);
      this.canvas.classList.add("has-cross");
      if (this.ask.area) L.geoJSON(this.ask.area, { interactive: false, style: { className: "map-area" } }).addTo(this.map);
      for (const place of this.ask.places) {
        const icon = L.divIcon({ className: "map-name", html: "<i></i><span></span>", iconSize: [10, 10] });
        const marker = L.marker([place.point[1], place.point[0]], { icon, interactive: false, keyboard: false }).addTo(this.map);
        marker.getElement().lastChild.textContent = place.label;
      }
      const name = () => this.canvas.classList.toggle("has-names", this.map.getZoom() >= 18);
      this.map.on("zoomend", name);
      name();
      this.map.on("click", (event) => this.put(event.latlng.lng, event.latlng.lat));
      this.sketch = L.layerGroup().addTo(this.map);
      if (this.points.length) this.map.setView([this.points[0][1], this.points[0][0]], Math.max(this.map.getZoom(), 16), { animate: false });
      this.redraw();
    }

    acts() {
      const isPoint = this.ask.draw === "point", words = this.words;
      const add = button(isPoint ? words.place : words.add, () => this.putCentre());
      const undo = button(words.undo, () => { this.points.pop(); this.changed(); });
      this.remover = button(isPoint ? words.remove : words.clear, () => { this.points = []; this.changed(); });
      const search = button(words.search, () => this.search());
      if (this.ground.search) {
        this.hits = document.createElement("ul");
        this.hits.className = "map-hits";
        this.address.closest("p").append(search);
        this.address.closest("p").after(this.hits);
      }
      return isPoint ? [add, this.remover] : [add, undo, this.remover];
    }

    key(event) {
      super.key(event);
      if (event.key === "Enter" && event.target === this.canvas) { event.preventDefault(); this.putCentre(); }
    }

    putCentre() {
      const { lng, lat } = this.map.getCenter();
      this.put(lng, lat);
    }

    put(lon, lat) {
      const point = [+lon.toFixed(6), +lat.toFixed(6)];
      if (!inside(this.ask, point)) return this.say(this.words.outside);
      if (this.ask.draw === "point") this.points = [point];
      else this.points.push(point);
      for (const choice of this.choices) if (choice.type === "radio") choice.checked = false; else choice.value = "";
      if (this.suggested && this.address.value === this.suggested) this.address.value = this.suggested = "";
      return this.changed();
    }

    changed() {
      this.write();
      this.redraw();
      this.tell();
    }

    write() {
      const points = this.points, isPoint = this.ask.draw === "point";
      this.lon.value = isPoint && points.length ? points[0][0] : "";
      this.lat.value = isPoint && points.length ? points[0][1] : "";
      if (isPoint) return;
      const isArea = this.ask.draw === "area";
      const drawn = isArea ? { type: "Polygon", coordinates: [[...points, points[0]]] } : { type: "LineString", coordinates: points };
      this.shape.value = points.length >= (isArea ? 3 : 2) ? JSON.stringify(drawn) : "";
    }

    redraw() {
      if (!this.sketch) return;
      this.sketch.clearLayers();
      const at = this.points.map(([lon, lat]) => [lat, lon]);
      if (this.ask.draw === "point") {
        for (const spot of at) {
          const icon = L.divIcon({ className: "map-pin", iconSize: [28, 38], iconAnchor: [14, 37], html: '<svg viewBox="0 0 28 38" aria-hidden="true"><path d="M14 1a13 13 0 0 0-13 13c0 9 13 23 13 23s13-14 13-23A13 13 0 0 0 14 1z"/><circle cx="14" cy="14" r="5"/></svg>' });
          const pin = L.marker(spot, { icon, draggable: true, keyboard: false }).addTo(this.sketch);
          pin.on("dragend", () => { const { lng, lat } = pin.getLatLng(); this.put(lng, lat); this.redraw(); });
        }
      } else if (at.length) {
        const style = { className: "map-drawn", interactive: false };
        this.sketch.addLayer(this.ask.draw === "area" && at.length > 2 ? L.polygon(at, style) : L.polyline(at, style));
        for (const spot of at) this.sketch.addLayer(L.circleMarker(spot, { radius: 5, className: "map-corner", interactive: false }));
      }
    }

    tell() {
      const { words, points } = this, least = { point: 1, line: 2, area: 3 }[this.ask.draw];
      if (!points.length) return this.say(words.removed);
      if (this.ask.draw !== "point") return this.say(fill(words.drawn, { n: points.length }) + (points.length < least ? ". " + words.more : "."));
      return this.say(`${words.placed}: ${this.whereabouts(points[0])}.`);
    }

    whereabouts([lon, lat]) {
      const metres = (p) => Math.hypot((p[0] - lon) * Math.cos(lat * Math.PI / 180), p[1] - lat) * 111195;
      const nearest = this.ask.places.map((p) => [metres(p.point), p.label]).sort((a, b) => a[0] - b[0])[0];
      if (nearest && nearest[0] < 2000) return fill(this.words.near, { metres: Math.max(5, Math.round(nearest[0] / 5) * 5), place: nearest[1] });
      const round = (x) => x.toLocaleString(document.documentElement.lang || undefined, { maximumFractionDigits: 3 });
      return fill(this.words.at, { lat: round(lat), lon: round(lon) });
    }

    chosen(id) {
      this.points = [];
      this.write();
      this.redraw();
      this.say("");
      const place = this.ask.places.find((p) => p.id === id);
      if (place && this.map) this.map.panTo([place.point[1], place.point[0]], { animate: !calm });
    }

    async search() {
      const q = this.address.value.trim();
      if (!q) return this.address.focus();
      this.say(this.words.searching);
      this.hits.replaceChildren();
      let found = [];
      try {
        const box = (this.ask.bbox || this.bounds()).join(",");
        found = (await json(`${this.ground.search}?${new URLSearchParams({ q, carte: box })}`)).addresses;
      } catch { /* said below: nothing was found, and what was written is kept */ }
      found = found.filter((hit) => inside(this.ask, hit.point));
      this.say(found.length ? fill(this.words.found, { n: found.length }) : this.words.nothing);
      for (const hit of found) {
        const line = document.createElement("li");
        line.append(button(hit.label, () => {
          this.put(...hit.point);
          this.address.value = this.suggested = hit.label;
          this.hits.replaceChildren();
          this.map?.setView([hit.point[1], hit.point[0]], 17, { animate: !calm });
          this.address.focus();
        }));
        this.hits.append(line);
      }
      return undefined;
    }
  }

  function inside(ask, [x, y]) {
    if (!ask.area) {
      const b = ask.bbox;
      return !b || (b[0] <= x && x <= b[2] && b[1] <= y && y <= b[3]);
    }
    const polygons = ask.area.type === "Polygon" ? [ask.area.coordinates] : ask.area.coordinates;
    return polygons.some(([outer, ...holes]) => within(outer, x, y) && !holes.some((hole) => within(hole, x, y)));
  }

  function within(ring, x, y) {
    let isIn = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i], [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) isIn = !isIn;
    }
    return isIn;
  }

  // To look at places: what the server gathers for this part of the map; the list beside it is the page.
  class Places extends Room {
    bounds() { return this.place.dataset.bbox ? this.place.dataset.bbox.split(",").map(Number) : [-5.2, 41.3, 9.7, 51.2]; }

    acts() { return []; }

    draw(base) {
      super.draw(base);
      this.marks = new Map();
      if (this.place.dataset.feature) {
        const [lon, lat] = JSON.parse(this.place.dataset.feature).geometry.coordinates;
        this.map.setView([lat, lon], 17, { animate: false });
      }
      this.map.on("moveend", () => this.renew());
      this.renew();
    }

    async renew() {
      if (this.place.dataset.feature) return this.show([JSON.parse(this.place.dataset.feature)]);
      this.asking?.abort();
      this.asking = new AbortController();
      const b = this.map.getBounds(), url = new URL(this.place.dataset.source, location.href);
      url.searchParams.set("bbox", [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((x) => x.toFixed(6)).join(","));
      url.searchParams.set("zoom", this.map.getZoom());
      try {
        this.show((await json(url, this.asking.signal)).features);
      } catch (error) {
        if (error.name !== "AbortError") this.say(this.words.silent);
      }
      return undefined;
    }

    // Marks that stay keep their element, and so the focus of who is on one.
    show(features) {
      const fresh = new Map(features.map((f) => [`${f.id ?? ""} ${f.geometry.coordinates} ${f.properties.count ?? ""}`, f]));
      for (const [key, mark] of this.marks) if (!fresh.has(key)) { mark.remove(); this.marks.delete(key); }
      for (const [key, feature] of fresh) if (!this.marks.has(key)) this.marks.set(key, this.mark(feature));
      const total = features.reduce((sum, f) => sum + (f.properties.count ?? 1), 0);
      this.say(fill(this.words.shown, { n: total }));
    }

    mark({ geometry, properties }) {
      const name = properties.title || shortened(properties.text || "");
      const [lon, lat] = geometry.coordinates, count = properties.count ?? 1, isOne = count === 1;
      const size = isOne ? 26 : Math.min(56, 30 + 6 * Math.log2(count));
      const icon = L.divIcon({ className: "map-mark" + (isOne ? "" : " map-many"), html: "<span></span>", iconSize: [size, size] });
      const mark = L.marker([lat, lon], { icon, title: isOne ? name : "" }).addTo(this.map), node = mark.getElement();
      node.firstChild.textContent = isOne ? "" : count;
      if (isOne && properties.sign) node.firstChild.classList.add("map-sign", `map-${properties.sign}`);
      const told = properties.category ? `${properties.category} – ${name}` : name;
      node.setAttribute("aria-label", isOne ? told : fill(this.words.count, { n: count }));
      const closer = () => this.map.setView([lat, lon], Math.min(this.map.getZoom() + 2, this.map.getMaxZoom()), { animate: !calm });
      const act = isOne ? () => mark.openPopup() : closer;
      if (isOne) mark.bindPopup(() => this.card({ name, ...properties }), { autoPanPadding: [20, 20] });
      else mark.on("click", closer);
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault(); // Leaflet opens cards with Enter by itself, and nothing else
        event.stopPropagation();
        act();
      });
      mark.on("popupopen", (event) => event.popup.getElement().querySelector("a")?.focus());
      mark.on("popupclose", () => mark.getElement()?.focus({ preventScroll: true }));
      return mark;
    }

    card({ name, url, category }) {
      const card = document.createElement("div"), title = document.createElement("strong");
      title.textContent = name;
      card.append(title);
      if (category) card.append(document.createElement("br"), category);
      if (url) {
        const link = document.createElement("a"), line = document.createElement("p");
        link.href = new URL(url, location.href).href;
        link.textContent = this.words.open;
        line.append(link);
        card.append(line);
      }
      return card;
    }

    key(event) {
      if (event.key === "Escape" && this.canvas.querySelector(".leaflet-popup")) this.map.closePopup();
      else super.key(event);
    }
  }

  const shortened = (text) => (text.length > 140 ? text.slice(0, 139) + "…" : text);

  // A page with several maps names this file several times.
  const begin = (selector, Kind) => {
    for (const place of document.querySelectorAll(`${selector}:not([data-begun])`)) { place.dataset.begun = ""; new Kind(place); }
  };
  begin("[data-location]", Location);
  begin("[data-map]", Places);
}
