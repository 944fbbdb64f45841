"use strict";

const refreshMilliseconds = 2000;
const freshSeconds = 5;
const numbers = new Intl.NumberFormat("en");

const byId = id => document.getElementById(id);

/** An element with a class and children; text is never read as markup. */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...children);
  return made;
}

function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (count >= 1024 && unit < units.length - 1) {
    count /= 1024;
    unit++;
  }
  return `${unit === 0 ? count : count.toFixed(1)} ${units[unit]}`;
}

function ago(text, now) {
  if (!text) {
    return "never";
  }
  const seconds = Math.max(0, Math.round((now - new Date(text)) / 1000));
  if (seconds < 60) {
    return `${seconds} s ago`;
  }
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}

function tile(label, value, isBad) {
  return element("div", isBad ? "tile bad" : "tile", element("b", "", value), element("span", "", label));
}

function tiles(state) {
  const active = state.projects.filter(project => project.status === "active");
  const sum = field => active.reduce((total, project) => total + project.received[field], 0);
  const lost = Object.values(state.losses).reduce((total, count) => total + count, 0);
  byId("tiles").replaceChildren(
    tile("projects", numbers.format(active.length)),
    tile("spans", numbers.format(sum("spans"))),
    tile("logs", numbers.format(sum("logs"))),
    tile("received", bytes(sum("bytes"))),
    tile("lost after a 200", numbers.format(lost), lost > 0));
}

function projectRow(project, largest, now) {
  const { received } = project;
  const isActive = project.status === "active";
  const isFresh = received.lastSeen && now - new Date(received.lastSeen) < freshSeconds * 1000;
  const name = isActive ? project.slug : `${project.previousSlugs.at(-1)} (deleted)`;
  const share = element("div", "share");
  share.style.width = `${largest === 0 ? 0 : Math.round(100 * received.bytes / largest)}%`;
  const keys = project.keys.filter(key => key.isActive).length;
  return element("tr", !isActive ? "gone" : isFresh ? "fresh" : "",
    element("td", "", element("strong", "", name), element("small", "", `${project.id} · ${project.teams.join(", ") || "no team"}`), share),
    element("td", "", element("span", isActive ? "badge good" : "badge", isActive ? "active" : "pending deletion")),
    element("td", "number", keys === project.keys.length ? `${keys}` : `${keys} of ${project.keys.length}`),
    element("td", "number", numbers.format(received.spans)),
    element("td", "number", numbers.format(received.logs)),
    element("td", "number", bytes(received.bytes)),
    element("td", received.lost > 0 ? "number warn" : "number", numbers.format(received.lost)),
    element("td", "", ago(received.lastSeen, now)));
}

function fill(id, items, nothing) {
  byId(id).replaceChildren(...(items.length > 0 ? items : [element("li", "empty", nothing)]));
}

function show(state) {
  const now = new Date(state.now);
  byId("organization").textContent = `${state.organization.slug} · ${numbers.format(state.tokens)} ${state.tokens === 1 ? "token" : "tokens"}`;
  byId("now").textContent = state.now.slice(0, 19).replace("T", " ") + " UTC";
  tiles(state);

  const order = (a, b) => a.status.localeCompare(b.status) || a.slug.localeCompare(b.slug);
  const largest = Math.max(0, ...state.projects.map(project => project.received.bytes));
  const rows = [...state.projects].sort(order).map(project => projectRow(project, largest, now));
  const none = element("td", "empty", "No project yet.");
  none.colSpan = 8;
  byId("projects").replaceChildren(...(rows.length > 0 ? rows : [element("tr", "", none)]));

  fill("errors", state.ingestErrors.map(error => element("li", "",
    element("span", "badge bad", error.status === 0 ? "cut" : `${error.status}`),
    error.message || (error.fault ? `fault ${error.fault}` : error.route),
    element("small", "", `${error.path} · ${ago(error.at, now)} · ${error.userAgent || "no user agent"}`))), "None.");
  fill("losses", Object.entries(state.losses).map(([reason, count]) => element("li", "",
    element("span", "badge bad", numbers.format(count)), reason)), "Nothing.");
  fill("limits", state.limits.map(limit => element("li", "",
    element("span", "badge", limit.scope),
    limit.categories.join(", ") || "every category",
    element("small", "", `${Math.max(0, Math.ceil((new Date(limit.until) - now) / 1000))} s left${limit.reason ? ` · ${limit.reason}` : ""}`))), "None.");
}

async function refresh() {
  const badge = byId("connection");
  try {
    const answer = await fetch("_stand-in/state", { cache: "no-store" });
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    show(await answer.json());
    badge.className = "badge good";
    badge.textContent = "live";
  } catch (error) {
    badge.className = "badge bad";
    badge.textContent = `not reachable: ${error.message}`;
  }
  setTimeout(refresh, refreshMilliseconds);
}

refresh();
