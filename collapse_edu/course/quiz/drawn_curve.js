// Draw a curve on axes: with a mouse, a finger, the arrow keys, or as numbers.
//
// export default { render({ model, el }) }: `model` is anywidget's, or anything with get, set, save_changes and on.
//   axes    {x, y: {label, range: [low, high], log}, start: [x, y] or none}
//   points  [[x, y], …], x rising; the start is the first one
//   truth   [[x, y], …]: what happened, once it may be seen
//   locked  true: nothing can be changed any more

const SVG = "http://www.w3.org/2000/svg";
const ROOM = { left: 58, right: 18, top: 34, bottom: 46 };
const COLUMNS = 40; // steps of the drawing from left to right; the arrow keys go by two
const STEPS = 40; // steps of the arrow keys from bottom to top
const LOOK = `
.ce-drawn { max-width: 560px; font-size: 14px; color: var(--jp-ui-font-color1, #222); }
.ce-drawn svg { display: block; width: 100%; touch-action: none; cursor: crosshair; user-select: none; }
.ce-drawn[data-locked] svg { cursor: default; touch-action: auto; }
.ce-drawn svg:focus:not(:focus-visible) { outline: none; }
.ce-drawn svg:focus-visible, .ce-drawn :is(input, button):focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.ce-drawn text { fill: currentColor; font-size: 14px; }
.ce-drawn .grid { stroke: currentColor; stroke-opacity: 0.15; }
.ce-drawn .frame { stroke: currentColor; stroke-opacity: 0.6; fill: none; }
.ce-drawn .said { stroke: var(--ce-said, #aa3377); stroke-width: 3; stroke-dasharray: 9 5; fill: none; }
.ce-drawn .truth { stroke: currentColor; stroke-width: 3; fill: none; }
.ce-drawn .dot { fill: var(--ce-said, #aa3377); }
.ce-drawn .cursor { stroke: var(--ce-said, #aa3377); stroke-dasharray: 2 3; }
.ce-drawn .below { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin-top: 2px; }
.ce-drawn output { min-width: 15em; }
.ce-drawn label { display: flex; flex: 1 1 16em; gap: 8px; align-items: center; }
.ce-drawn input { flex: 1; min-width: 8em; padding: 4px 6px; font: inherit; color: inherit;
  background: var(--jp-layout-color1, #fff); border: 1px solid currentColor; border-radius: 3px; }
.ce-drawn button { font: inherit; color: inherit; background: none; border: 1px solid currentColor;
  border-radius: 3px; padding: 3px 10px; cursor: pointer; }`;

/** Map numbers of an axis to shares of its length, 0 to 1, and back. */
function scaleOf({ range: [low, high], log }) {
  const flat = (value) => (log ? Math.log10(value) : value);
  const [from, to] = [flat(low), flat(high)];
  const clip = (value) => Math.min(Math.max(value, low), high);
  return {
    share: (value) => (flat(clip(value)) - from) / (to - from),
    value: (share) => {
      const at = from + Math.min(Math.max(share, 0), 1) * (to - from);
      return clip(rounded(log ? 10 ** at : at, high - low, log));
    },
    holds: (value) => Number.isFinite(value) && value >= low && value <= high,
  };
}

/** Three digits of a number on a logarithmic axis; elsewhere, steps of about a thousandth of the axis. */
function rounded(value, length, log) {
  if (log) return Number(value.toPrecision(3));
  const step = 10 ** Math.ceil(Math.log10(length / 1000));
  return Number((Math.round(value / step) * step).toPrecision(6));
}

/** Where an axis has ticks: powers of ten, or five or so round numbers. */
function ticksOf({ range: [low, high], log }) {
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough * 0.99);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

const written = (value) =>
  Math.abs(value) >= 1e4 ? value.toLocaleString("en-US") : String(Number(value.toPrecision(4)));

/** Read "0: 1, 50: 0.6" as points; null where that is not what is written. */
function read(text) {
  const pairs = text.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean);
  const points = pairs.map((pair) => pair.split(/\s*:\s*|\s+/).map(Number));
  return points.every((point) => point.length === 2 && point.every(Number.isFinite)) ? points : null;
}

/** The height of a curve at x: between its points a straight line, beyond them that of the nearest one. */
function heightAt(points, x, X, Y) {
  const after = points.findIndex(([at]) => at >= x);
  if (after <= 0) return Y.share(points.at(after)[1]);
  const [[x0, y0], [x1, y1]] = [points[after - 1], points[after]];
  const way = (X.share(x) - X.share(x0)) / (X.share(x1) - X.share(x0));
  return Y.share(y0) + way * (Y.share(y1) - Y.share(y0));
}

/** The points, and what may be done to them. */
class Curve {
  constructor({ x, y, start }, points) {
    [this.X, this.Y, this.start] = [scaleOf(x), scaleOf(y), start ?? null];
    this.take(points);
  }

  /** Take points as they are; a start that must be there comes first. */
  take(points) {
    this.points = this.start ? [this.start, ...points.filter(([x]) => x > this.start[0])] : [...points];
  }

  get drawn() {
    return this.points.length > 1;
  }

  get kept() {
    return this.drawn ? this.points : [];
  }

  /** Draw a straight line from one place to another, given as shares of the axes; what stood there goes. */
  stroke([x0, y0], [x1, y1]) {
    if (x0 > x1) return this.stroke([x1, y1], [x0, y0]);
    const [first, last] = [Math.round(x0 * COLUMNS), Math.round(x1 * COLUMNS)];
    const fresh = [];
    for (let column = first; column <= last; column++) {
      const way = x1 > x0 ? Math.min(Math.max((column / COLUMNS - x0) / (x1 - x0), 0), 1) : 1;
      fresh.push([this.X.value(column / COLUMNS), this.Y.value(y0 + way * (y1 - y0))]);
    }
    const [from, to] = [fresh[0][0], fresh.at(-1)[0]];
    const others = this.points.filter(([x]) => x < from || x > to);
    this.take([...others, ...fresh].sort(([a], [b]) => a - b));
  }

  /** Remove what stands in a column. */
  erase(column) {
    const x = this.X.value(column / COLUMNS);
    this.take(this.points.filter(([at]) => at !== x));
  }

  heightIn(column) {
    return this.points.length ? heightAt(this.points, this.X.value(column / COLUMNS), this.X, this.Y) : 0.5;
  }
}

function made(name, attributes = {}, parent = null, text = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  parent?.append(element);
  return element;
}

/** Draw axes, curve and cursor into the picture; return how to get from the axes' shares to pixels, and back. */
function paint(svg, axes, curve, { truth, cursor, locked }) {
  const width = Math.max(svg.parentElement.clientWidth || 560, 240);
  const height = Math.round(Math.min(300, Math.max(220, 0.55 * width)));
  const [wide, tall] = [width - ROOM.left - ROOM.right, height - ROOM.top - ROOM.bottom];
  const at = ([x, y]) => [ROOM.left + x * wide, ROOM.top + (1 - y) * tall];
  const place = ([x, y]) => at([curve.X.share(x), curve.Y.share(y)]);
  const path = (points) => points.map((point) => place(point).map((part) => part.toFixed(1)).join(",")).join(" ");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  for (const tick of ticksOf(axes.x)) {
    const [x] = at([curve.X.share(tick), 0]);
    made("line", { class: "grid", x1: x, x2: x, y1: ROOM.top, y2: ROOM.top + tall }, svg);
    made("text", { x, y: ROOM.top + tall + 19, "text-anchor": "middle" }, svg, written(tick));
  }
  for (const tick of ticksOf(axes.y)) {
    const [, y] = at([0, curve.Y.share(tick)]);
    made("line", { class: "grid", x1: ROOM.left, x2: ROOM.left + wide, y1: y, y2: y }, svg);
    made("text", { x: ROOM.left - 7, y: y + 5, "text-anchor": "end" }, svg, written(tick));
  }
  made("rect", { class: "frame", x: ROOM.left, y: ROOM.top, width: wide, height: tall }, svg);
  made("text", { x: 4, y: 18 }, svg, `↑ ${axes.y.label}`);
  made("text", { x: width - ROOM.right, y: height - 8, "text-anchor": "end" }, svg, `${axes.x.label} →`);
  if (!curve.drawn && !locked)
    made("text", { x: ROOM.left + wide / 2, y: ROOM.top + tall / 4, "text-anchor": "middle" }, svg,
      curve.start ? "Draw here, from the dot to the right." : "Draw here, from left to right.");
  if (truth.length) made("polyline", { class: "truth", points: path(truth) }, svg);
  if (curve.drawn) made("polyline", { class: "said", points: path(curve.points) }, svg);
  if (curve.start) {
    const [cx, cy] = place(curve.start);
    made("circle", { class: "dot", cx, cy, r: 6 }, svg);
  }
  if (cursor !== null) {
    const [cx, cy] = at([cursor / COLUMNS, curve.heightIn(cursor)]);
    made("line", { class: "cursor", x1: cx, x2: cx, y1: ROOM.top, y2: ROOM.top + tall }, svg);
    made("circle", { class: "dot", cx, cy, r: 5 }, svg);
  }
  return ([x, y]) => [(x - ROOM.left) / wide, 1 - (y - ROOM.top) / tall];
}

/** The picture, a line that tells what is drawn, a field for numbers, a button to begin anew. */
function furnish(el, axes) {
  const root = document.createElement("div");
  root.className = "ce-drawn";
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves the arrow keys to us
  root.innerHTML = `<style>${LOOK}</style><div></div><output aria-live="polite"></output>
    <div class="below"><label><span>As numbers:</span><input type="text" autocomplete="off" spellcheck="false"></label>
    <button type="button">clear</button></div>`;
  const svg = made("svg", { tabindex: 0, role: "application", "aria-roledescription": "drawing" });
  const how = "Left and right arrow: move along. Up and down: raise and lower the curve. Delete: take a point away.";
  svg.setAttribute("aria-label", `Draw a curve: ${axes.y.label} against ${axes.x.label}. ${how}`);
  root.querySelector("div").append(svg);
  const field = root.querySelector("input");
  field.placeholder = `${example(axes)}, …`;
  el.append(root);
  return { root, svg, field, told: root.querySelector("output"), clear: root.querySelector("button") };
}

function example({ x, y, start }) {
  const [X, Y] = [scaleOf(x), scaleOf(y)];
  const middle = Number(Y.value(0.5).toPrecision(1));
  const [x0, y0] = start ?? [x.range[0], middle];
  return `${x0}: ${y0}, ${X.value(0.5)}: ${middle}`;
}

const isField = (event) => event.target.matches("input, button");

function render({ model, el }) {
  const axes = model.get("axes");
  const curve = new Curve(axes, model.get("points") ?? []);
  const { root, svg, field, told, clear } = furnish(el, axes);
  let [cursor, focused, last, toShares] = [0, false, null, null];

  const isLocked = () => Boolean(model.get("locked"));
  const asText = () => curve.kept.map(([x, y]) => `${x}: ${y}`).join(", ");
  const draw = () => {
    root.toggleAttribute("data-locked", isLocked());
    field.disabled = clear.disabled = isLocked();
    root.querySelector(".below").style.display = isLocked() ? "none" : "";
    const truth = model.get("truth") ?? [];
    toShares = paint(svg, axes, curve, { truth, cursor: focused ? cursor : null, locked: isLocked() });
    if (document.activeElement !== field) field.value = asText();
  };
  const save = () => {
    model.set("points", curve.kept);
    model.save_changes();
  };
  const tell = () => {
    const [x, y] = [curve.X.value(cursor / COLUMNS), curve.Y.value(curve.heightIn(cursor))];
    told.textContent = `${axes.x.label} ${written(x)}: ${curve.drawn || curve.start ? written(y) : "nothing drawn"}`;
  };
  const change = () => {
    draw();
    save();
  };

  const shareOf = (event) => {
    const box = svg.getBoundingClientRect();
    const zoom = svg.viewBox.baseVal.width / box.width;
    const [x, y] = toShares([(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom]);
    return [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
  };
  svg.addEventListener("pointerdown", (event) => {
    if (isLocked() || event.button > 0) return;
    svg.setPointerCapture(event.pointerId);
    const here = shareOf(event);
    last = here;
    curve.stroke(here, here);
    draw();
  });
  svg.addEventListener("pointermove", (event) => {
    if (last === null) return;
    const here = shareOf(event);
    curve.stroke(last, here);
    last = here;
    cursor = Math.round(here[0] * COLUMNS);
    tell();
    draw();
  });
  for (const name of ["pointerup", "pointercancel"])
    svg.addEventListener(name, () => {
      if (last === null) return;
      last = null;
      change();
    });

  const moves = {
    ArrowLeft: (size) => (cursor = Math.max(cursor - 2 * size, 0)),
    ArrowRight: (size) => (cursor = Math.min(cursor + 2 * size, COLUMNS)),
    Home: () => (cursor = 0),
    End: () => (cursor = COLUMNS),
  };
  const edits = {
    ArrowUp: (size) => lift(size),
    ArrowDown: (size) => lift(-size),
    PageUp: () => lift(5),
    PageDown: () => lift(-5),
    Delete: () => curve.erase(cursor),
    Backspace: () => curve.erase(cursor),
  };
  const lift = (steps) => {
    const here = [cursor / COLUMNS, curve.heightIn(cursor) + steps / STEPS];
    curve.stroke(here, here);
  };
  svg.addEventListener("keydown", (event) => {
    const act = moves[event.key] ?? (isLocked() ? null : edits[event.key]);
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    focused = true;
    act(event.shiftKey ? 5 : 1);
    (event.key in edits ? change : draw)();
    tell();
  });
  for (const [name, is] of [["focus", true], ["blur", false]])
    svg.addEventListener(name, () => {
      focused = is && svg.matches(":focus-visible");
      draw();
      if (focused) tell();
    });

  field.addEventListener("change", () => {
    const points = read(field.value)?.sort(([a], [b]) => a - b);
    if (!points || !points.every(([x, y]) => curve.X.holds(x) && curve.Y.holds(y))) {
      const [x, y] = [axes.x.range, axes.y.range];
      told.textContent = `Write pairs such as ${example(axes)}. The first numbers go from ${x[0]} to ${x[1]}, the second from ${y[0]} to ${y[1]}.`;
      return;
    }
    curve.take(points.filter(([at], i) => at !== points[i + 1]?.[0]));
    told.textContent = points.length ? `${points.length} points.` : "";
    change();
  });
  clear.addEventListener("click", () => {
    curve.take([]);
    told.textContent = "";
    change();
  });
  // What a field gets is its own business: a notebook must not take Enter or the arrows for commands.
  root.addEventListener("keydown", (event) => isField(event) && event.stopPropagation());

  const renew = () => {
    if (last !== null) return; // while a line is drawn, what comes back from the kernel is older
    curve.take(model.get("points") ?? []);
    draw();
    if (isLocked()) told.textContent = model.get("truth")?.length ? "Dashed: your curve. Plain line: what happens." : "";
  };
  for (const name of ["points", "locked", "truth"]) model.on(`change:${name}`, renew);
  const watcher = new ResizeObserver(draw);
  watcher.observe(svg.parentElement);
  renew();
  return () => {
    watcher.disconnect();
    for (const name of ["points", "locked", "truth"]) model.off?.(`change:${name}`, renew);
  };
}

export default { render };
