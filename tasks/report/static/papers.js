"use strict";
// From a point of a chart, or a row of a table, to the documents that it counts.

const PAPERS_SHOWN = 50; // at once; "Show more" gives as many again

// What tells one figure from another; a link to its papers keeps no more.
const KEYS = ["framework", "venue", "kind", "text_scope", "month", "year", "date", "rule", "is_published"];

function readFigure() { // whose papers the link shows; a link may hold anything
  try {
    const figure = JSON.parse(new URLSearchParams(location.hash.slice(1)).get("papers"));
    const isKnown = figure.framework === undefined || Object.hasOwn(base.options.frameworks, figure.framework);
    return isKnown && /^\d/.test(periodOf(figure)) ? figure : null;
  } catch {
    return null;
  }
}

const hasEvidence = (row) => "framework" in row || "a_only_count" in row;

const heading = (row) => [
  row.framework ? base.options.frameworks[row.framework] ?? row.framework : "PyTorch and TensorFlow",
  row.kind === "papers" ? "chosen venues" : row.kind === "job ads" ? "job ads" : row.venue,
  periodOf(row),
].join(", ");

function periodOf(row) {
  if (row.date !== undefined) { // drawn from several tables over one time axis
    const date = new Date(row.date).toISOString();
    return row.kind === "papers" ? date.slice(0, 4) : date.slice(0, 7);
  }
  return row.month ? new Date(row.month).toISOString().slice(0, 7) : String(row.year); // text in a table, a date in a chart
}

async function foundFor(row, framework) { // the evidence behind one figure, over all venues that it takes together
  const counted = (await figuresOf(row, framework)).filter((figure) => figure.mentioning_count > 0);
  const keys = counted.map((figure) => address("evidence", figure.venue, periodOf(figure), framework));
  const found = (await Promise.all([...new Set(keys)].map(load))).flatMap(unpack);
  return row.text_scope ? found.filter((paper) => paper[`in_${row.text_scope}`] ?? true) : found;
}

async function figuresOf(row, framework) { // our own figures that it stands for; none where nothing was collected
  const period = periodOf(row);
  let venues = [row.venue];
  if (row.kind === "papers") venues = chosen.venues;
  else if (row.kind === "job ads") venues = chosen.jobs;
  const series = [...chosen.arxiv, ...chosen.jobs].map((name) => address("months", framework, name));
  const keys = period.length === 7 ? series : [address("shares", framework)];
  const figures = (await Promise.all(keys.filter((key) => base.parts.includes(key)).map(load))).flatMap(unpack);
  return figures.filter((figure) => periodOf(figure) === period && venues.includes(figure.venue));
}

let listed = [];
let asked = 0;

async function openPapers(row) {
  writeChoices(Object.fromEntries(KEYS.filter((key) => key in row).map((key) => [key, row[key]])));
  const dialog = document.getElementById("evidence");
  document.getElementById("evidence-title").textContent = heading(row);
  const note = document.getElementById("evidence-note");
  note.textContent = "Loading …";
  document.getElementById("papers").replaceChildren();
  if (!dialog.open) dialog.showModal();
  const mine = ++asked;
  listed = [];
  try {
    const [found, ours] = await Promise.all([papersOf(row), figuresOf(row, row.framework ?? "pytorch")]);
    if (mine !== asked) return; // another figure was chosen meanwhile
    listed = found;
    const isOurs = ours.length > 0;
    note.textContent = isOurs ? `${listed.length} ${listed.length === 1 ? "document" : "documents"} that the default rule counts.`
      : "No documents of ours: nothing of this was collected.";
    if (isOurs && ((row.rule ?? "default") !== "default" || "is_published" in row)) note.textContent += " The chart's own rule may count others.";
    if (row.is_published) note.textContent += ` The hollow mark is a figure of ${chosen.published[0]}.`;
  } catch (error) {
    listed = [];
    note.textContent = `The list could not be loaded: ${error.message}.`;
  }
  showMore();
}

async function papersOf(row) {
  if (row.framework && !("is_published" in row)) return foundFor(row, row.framework);
  const pair = await Promise.all(["pytorch", "tensorflow"].map((name) => foundFor(row, name)));
  const ids = pair.map((papers) => new Set(papers.map((paper) => paper.document_id)));
  const only = (i, name) => pair[i].filter((paper) => !ids[1 - i].has(paper.document_id))
    .map((paper) => ({ ...paper, group: `Only ${name}` }));
  if (row.framework) return row.framework === "pytorch" ? only(0, "PyTorch") : only(1, "TensorFlow");
  return [...only(0, "PyTorch"), ...only(1, "TensorFlow")];
}

function showMore() {
  const list = document.getElementById("papers");
  const next = listed.slice(list.children.length, list.children.length + PAPERS_SHOWN);
  list.append(...next.map(paperItem));
  document.getElementById("more").hidden = list.children.length >= listed.length;
}

function linked(text, url) { // no link where the address is no http(s): javascript: and data: could run
  const isLink = /^https?:\/\//i.test(url ?? "");
  const made = element(isLink ? "a" : "span", text);
  if (isLink) Object.assign(made, { href: url, rel: "noopener noreferrer", target: "_blank" });
  return made;
}

function paperItem(paper) {
  const title = linked(paper.title, paper.url);
  const place = [
    paper.organization, paper.group, paper.role, paper.is_implied ? "through a library that needs it" : "",
    paper.evidence_section, paper.evidence_page ? linked(`page ${paper.evidence_page}`, paper.evidence_url) : "", paper.document_id,
  ].filter(Boolean).map((part) => part.nodeType ? part : element("span", part)).flatMap((part, i) => i ? [" · ", part] : [part]);
  return element("li", "", [title, element("blockquote", paper.evidence ?? ""), element("small", "", place)]);
}
