"use strict";
// The page's script, with papers.js beside it: choices in the address, charts, tables, evidence. Everything that came from the
// web enters the page as text (textContent), never as HTML.

const build = document.documentElement.dataset.build;
const ROWS_SHOWN = 500; // of a table behind a chart; the CSV file has all
const NARROWEST = 175; // pixels of one small chart

// ---- Parts: JSON in scripts, because a page opened from disk may not fetch ----

const waiting = new Map();
const loaded = new Map();

function receive(key, value) { // what every data file calls
  waiting.get(key)?.(value);
}

function load(key) {
  if (!loaded.has(key)) {
    loaded.set(key, new Promise((resolve, reject) => {
      waiting.set(key, resolve);
      const script = document.createElement("script");
      script.src = `${build}/${key}.js`;
      script.onerror = () => {
        loaded.delete(key); // so that the next try asks again
        reject(new Error(`${key} is not beside this page; load the page again`));
      };
      document.head.append(script);
    }));
  }
  return loaded.get(key);
}

function address(...names) { // as tasks/report/__init__.py does
  const step = (name) => String(name).replace(/[^A-Za-z0-9_-]/gu, (sign) => `~${sign.codePointAt(0).toString(16)}~`);
  return names.map(step).join("/");
}

function unpack(part) {
  return part.rows.map((row) => ({ ...part.shared, ...Object.fromEntries(part.columns.map((name, i) => [name, row[i]])) }));
}

// ---- Choices: kept in the address, so that a link and a reload keep them ----

let base;
let chosen;

function readChoices() {
  const given = new URLSearchParams(location.hash.slice(1));
  chosen = {};
  for (const [choice, usual] of Object.entries(base.defaults)) {
    const known = given.getAll(choice).filter((value) => Object.hasOwn(base.options[choice], value));
    chosen[choice] = given.has(choice) && (known.length || isMany(choice)) ? known : usual;
  }
}

const isMany = (choice) => choice === "frameworks" || choice === "venues";

function writeChoices(figure) {
  const hash = new URLSearchParams();
  for (const [choice, values] of Object.entries(chosen)) {
    if (JSON.stringify(values) === JSON.stringify(base.defaults[choice])) continue;
    for (const value of values.length ? values : [""]) hash.append(choice, value);
  }
  if (figure) hash.set("papers", JSON.stringify(figure));
  history.replaceState(null, "", hash.size ? `#${hash}` : location.pathname + location.search);
}

function showChoices() {
  for (const [choice, values] of Object.entries(chosen)) {
    const control = document.querySelector(`[data-choice="${choice}"]`);
    if (!control) continue;
    if (isMany(choice)) for (const box of control.querySelectorAll("input")) box.checked = values.includes(box.value);
    else control.value = values[0];
    const meaning = document.querySelector(`[data-meaning="${choice}"]`);
    const text = base.options[choice][values[0]];
    if (meaning) meaning.textContent = text === values[0] ? "" : text;
  }
}

function choose(choice, values) {
  chosen[choice] = values;
  writeChoices();
  showChoices();
  return drawAll();
}

// ---- Rows of a chart ----

function product(lists) {
  return lists.reduce((all, list) => all.flatMap((start) => list.map((end) => [...start, end])), [[]]);
}

async function rowsOf(source) {
  const split = base.split[source.table];
  let rows;
  if (split) {
    const keys = product(split.map((column) => chosen[source.filters[column]])).map((names) => address(source.table, ...names));
    const parts = await Promise.all(keys.filter((key) => base.parts.includes(key)).map(load));
    rows = parts.flatMap(unpack);
  } else {
    rows = unpack(base.tables[source.table]);
  }
  return rows.filter((row) => Object.entries(source.filters).every(
    ([column, choice]) => row[column] === null || chosen[choice].includes(row[column])));
}

function hasData(chart) {
  return chart.sources.some(({ table }) =>
    base.split[table] ? base.parts.some((key) => key.startsWith(`${table}/`)) : base.tables[table].rows.length);
}

// ---- Drawing ----

const current = new Map(); // chart name -> its rows now
let turn = 0;

async function drawAll() {
  const mine = ++turn;
  document.body.setAttribute("aria-busy", "true");
  for (const chart of base.charts) {
    const rows = (await Promise.all(chart.sources.map(rowsOf))).flat();
    if (mine !== turn) return; // chosen anew meanwhile
    current.set(chart.name, rows);
    await draw(chart, rows);
    const behind = document.querySelector(`#figure-${chart.name} .behind`);
    if (!chart.spec && rows.length) behind.open = true;
    if (behind.open) fillTable(behind, chart);
  }
  document.body.setAttribute("aria-busy", "false");
}

async function draw(chart, rows) {
  const figure = document.getElementById(`figure-${chart.name}`);
  const place = figure.querySelector(".chart");
  const note = figure.querySelector(".note");
  note.textContent = rows.length ? "" : hasData(chart) ? "Nothing for this choice." : "No data yet.";
  figure.classList.toggle("empty", !hasData(chart));
  place.view?.finalize();
  place.replaceChildren();
  if (!rows.length || !chart.spec) return;
  const options = {
    ast: true, // Vega's interpreter: without it Vega would need eval, which the page forbids
    renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true },
    logLevel: 1, // errors: a frame without hollow marks is no reason to warn
  };
  const { view } = await vegaEmbed(place, fitted(chart, rows, figure.clientWidth), options);
  place.view = view;
  // Vega calls an empty group of marks a symbol, which a screen reader would announce without a name.
  for (const group of place.querySelectorAll("[aria-roledescription$='mark container']:not([aria-label])")) {
    group.removeAttribute("role");
    group.removeAttribute("aria-roledescription");
  }
  view.addEventListener("click", (_, item) => {
    const isPoint = item?.mark.marktype === "symbol" && item.datum && hasEvidence(item.datum); // not line or legend
    if (isPoint) openPapers(item.datum);
  });
}

function fitted(chart, rows, width) {
  const spec = structuredClone(chart.spec);
  const named = new Set(rows.map((row) => row.framework));
  const values = { frameworks: Object.keys(base.options.frameworks).filter((name) => named.has(name)), names: base.options.frameworks };
  for (const param of spec.params) param.value = values[param.name];
  spec.datasets = { rows };
  spec.description = `${document.getElementById(`title-${chart.name}`).textContent}. The table below has the same figures.`;
  for (const legend of legends(spec)) legend.columns = Math.max(1, Math.floor(width / 150));
  if (spec.facet) {
    spec.columns = Math.max(1, Math.min(4, Math.floor(width / NARROWEST), new Set(rows.map((row) => row.venue)).size));
    spec.spec.width = Math.min(420, Math.floor(width / spec.columns) - 62);
  } else {
    spec.width = "container";
    spec.height ??= 20 * new Set(rows.map((row) => row.venue)).size; // a line of the heat map; a height by steps would not fit
    spec.autosize = { type: "fit-x", contains: "padding" };
  }
  return spec;
}

function legends(node) { // every legend below a node of a specification
  if (!node || typeof node !== "object") return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "datasets" ? [] : key === "legend" && value && value.orient ? [value] : legends(value));
}

// ---- The table behind a chart, and its CSV file ----

function fillTable(behind, chart) {
  const rows = current.get(chart.name) ?? [];
  const columns = columnsOf(rows);
  const table = element("table");
  const withPapers = rows.length && hasEvidence(rows[0]);
  const head = element("tr", "", [...columns, ...(withPapers ? ["papers"] : [])].map((name) => element("th", name)));
  for (const cell of head.children) cell.scope = "col";
  const body = element("tbody", "", rows.slice(0, ROWS_SHOWN).map((row) => {
    const line = element("tr", "", columns.map((name) => element("td", row[name] ?? "")));
    columns.forEach((name, i) => line.children[i].classList.toggle("number", typeof row[name] === "number"));
    if (withPapers) {
      const button = element("button", "papers");
      button.type = "button";
      button.setAttribute("aria-label", `Papers of ${heading(row)}`);
      button.onclick = () => openPapers(row);
      line.append(element("td", "", [button]));
    }
    return line;
  }));
  table.append(element("thead", "", [head]), body);
  const rest = rows.length > ROWS_SHOWN ? [element("p", `The first ${ROWS_SHOWN} of ${rows.length} rows; the CSV file has all.`)] : [];
  behind.querySelector(".scroll").replaceChildren(table, ...rest);
}

const columnsOf = (rows) => [...new Set(rows.flatMap((row) => Object.keys(row)))];

function csv(rows) {
  const columns = columnsOf(rows);
  const cell = (value) => {
    // A spreadsheet would run text that begins so; titles and names come from the web.
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

function download(name, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it after the click
}

function element(name, text = "", children = []) {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

// ---- Start ----

function listen() {
  document.addEventListener("change", ({ target }) => {
    const control = target.closest("[data-choice]");
    if (!control) return;
    const values = control.tagName === "SELECT" ? [control.value]
      : [...control.querySelectorAll("input:checked")].map((box) => box.value);
    choose(control.dataset.choice, values);
  });
  document.addEventListener("click", (event) => {
    const { target } = event;
    const { all, usual } = target.dataset;
    if (all) choose(all, Object.keys(base.options[all]));
    if (usual) choose(usual, base.defaults[usual]);
    if (target.closest(".csv")) {
      const { chart } = target.closest(".figure").dataset;
      download(`${chart}-${base.release}`, csv(current.get(chart) ?? []));
    }
    if (target.matches("[data-jump], .skip")) jump(event);
  });
  for (const behind of document.querySelectorAll(".behind")) {
    const { chart } = behind.closest(".figure").dataset;
    behind.addEventListener("toggle", () => behind.open && fillTable(behind, { name: chart }));
  }
  const dialog = document.getElementById("evidence");
  document.getElementById("close").onclick = () => dialog.close();
  document.getElementById("more").onclick = showMore;
  dialog.addEventListener("close", () => writeChoices());
  document.getElementById("choices").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("copy").onclick = copyLink;
  window.addEventListener("hashchange", start);
  let width = innerWidth;
  window.addEventListener("resize", () => {
    if (innerWidth === width) return; // a phone's address bar changes the height alone
    width = innerWidth;
    drawAll();
  });
}

function jump(event) { // without touching the address, which holds the choice
  event.preventDefault();
  const goal = document.getElementById(event.target.getAttribute("href").slice(1));
  goal.tabIndex = -1;
  goal.focus();
}

async function copyLink() {
  const said = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = "Copied.";
  } catch {
    said.textContent = `Copy it from the address bar: ${location.href}`;
  }
}

async function start() {
  base ??= await load("base");
  readChoices();
  showChoices();
  await drawAll();
  const figure = readFigure();
  if (figure) openPapers(figure);
}

listen();
start();
