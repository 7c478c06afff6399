// `site`, made into pages by MkDocs: search, links, anchors.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { DESK, PHONE } from "./lab.mjs";

export async function site(lab) {
  const source = path.join(lab.folder, "site-source");
  fs.rmSync(source, { recursive: true, force: true });
  lab.marginalia("site", source);
  await lab.check("MkDocs makes the site, and warns of nothing", async () => {
    const mkdocs = path.join(lab.folder, "venv/bin/mkdocs");
    const env = { ...process.env, NO_MKDOCS_2_WARNING: "1" };
    const made = spawnSync(mkdocs, ["build", "--strict", "-f", path.join(source, "mkdocs.yml")], { env, encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
    assert.doesNotMatch(made.stderr, /WARNING/);
  });
  const server = await serve(path.join(source, "site"));
  try {
    await visit(lab, `http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function visit(lab, home) {
  const sections = JSON.parse(lab.marginalia("sections", "--format", "json"));
  const rules = JSON.parse(lab.marginalia("rules", "--format", "json"));

  let page = await lab.open(home);
  const heading = (text) => lab.page.locator("h1", { hasText: text }).waitFor();
  await lab.check("the first page lists the chapters", async () => {
    await heading("Contents");
    assert.ok((await page.locator("article a[href*='chapters/']").count()) >= 20);
  });
  await lab.picture("home");
  await lab.check("the search finds a section by what it is about", async () => {
    await page.locator("input[name='query']").click();
    await page.keyboard.type("taskgroup");
    const first = page.locator(".md-search-result__item").first();
    await first.waitFor();
    assert.match(await first.innerText(), /^§16\.7\.4 TaskGroup/);
  });
  await lab.picture("search");
  await lab.check("what was found opens, at the place where it was found", async () => {
    const found = page.locator(".md-search-result__link[href*='sections/16.7.4/']").first();
    await found.click();
    await page.waitForURL(/\/sections\/16\.7\.4\//);
    await heading("§16.7.4 TaskGroup");
  });
  await lab.picture("section");
  await lab.check("a part of a page is found, and stands in the window when it opens", async () => {
    await page.locator("input[name='query']").click();
    await page.locator("input[name='query']").fill("child that swallows CancelledError");
    const item = page.locator(".md-search-result__item", { hasText: "§16.7.4 TaskGroup" }).first();
    await item.waitFor();
    const more = item.locator("summary");
    if (await more.count()) await more.click();
    await item.locator(".md-search-result__link[href*='#pitfalls']").first().click();
    await page.waitForURL(/\/sections\/16\.7\.4\/.*#pitfalls/);
    const inWindow = (anchor) => {
      const { top, bottom } = document.querySelector(anchor).getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    };
    await page.waitForFunction(inWindow, "#pitfalls");
  });

  await page.goto(`${home}sections/16.7.4/`);
  await lab.check("a section leads to the next, to those beside it and to its rules", async () => {
    await page.locator("article a", { hasText: "§16.7.5" }).last().click();
    await heading("§16.7.5");
    await page.goto(`${home}sections/9.1.4/`);
    await page.locator("article a", { hasText: "mktemp-usage" }).click();
    await heading("mktemp-usage");
    await page.locator("article a", { hasText: "§9.1.4" }).click();
    await heading("§9.1.4");
  });
  await lab.check("a section says where in the book it is, with a way up", async () => {
    await page.locator("article a", { hasText: "Chapter 9" }).click();
    await heading("9. Standard Library Essentials");
  });
  await lab.check("the page of every section is where `links.base` and its number lead", async () => {
    const missing = await absent(page, sections.map(({ number }) => `${home}sections/${number}`));
    assert.deepEqual(missing, []);
  });
  await lab.check("and that of every rule where its findings lead", async () => {
    const missing = await absent(page, rules.map(({ rule }) => `${home}rules/${rule}`));
    assert.deepEqual(missing, []);
  });
  await lab.check("no link and no anchor is dead", async () => {
    const { pages, links, dead } = await page.evaluate(crawl, home);
    assert.deepEqual(dead, []);
    assert.ok(pages > sections.length + rules.length, `${pages} pages`);
    assert.ok(links > 10_000, `${links} links`);
  });
  await lab.check("nothing is fetched from elsewhere, and the console is empty", async () => {
    assert.deepEqual([...new Set(lab.requests)].filter((address) => !address.startsWith(home) && !address.startsWith("blob:")), []);
    assert.deepEqual(lab.complaints, []);
  });
  await page.goto(`${home}rules/`);
  await lab.check("the rules are tables", async () => assert.equal(await page.locator("tbody tr").count(), rules.length));
  await lab.picture("rules");
  await page.goto(`${home}chapters/16/`);
  await heading("16. Concurrency");
  await lab.picture("chapter");

  page = await lab.open(`${home}sections/16.7.4/`, { ...DESK, scheme: "dark" });
  await lab.check("it is dark where the reader likes it dark, and can be made light", async () => {
    const scheme = () => page.evaluate(() => document.body.dataset.mdColorScheme);
    assert.equal(await scheme(), "slate");
    await lab.picture("dark");
    await page.locator("label[title='Light']:visible, label[title='Dark']:visible").first().click();
    await page.waitForFunction(() => document.body.dataset.mdColorScheme === "default");
  });

  page = await lab.open(`${home}rules/mktemp-usage/`, PHONE);
  await lab.check("on a phone nothing scrolls sideways", async () => {
    await heading("mktemp-usage");
    await lab.noSidewaysScrolling();
    for (const where of ["", "rules/", "sections/16.7.4/", "chapters/9/"]) {
      await page.goto(home + where);
      await lab.noSidewaysScrolling();
    }
  });
  await page.goto(`${home}sections/16.7.4/`);
  await lab.picture("phone");
}

/** Those addresses that do not open. */
function absent(page, addresses) {
  return page.evaluate(async (addresses) => {
    const missing = [];
    for (const address of addresses) {
      const answer = await fetch(address);
      await answer.text();
      if (!answer.ok) missing.push(address);
    }
    return missing;
  }, addresses);
}

/** In the page: follows every link from the first page on, and asks for every anchor, picture, script and style sheet. */
async function crawl(home) {
  const anchors = new Map();
  const asked = new Map();
  const waiting = [home];
  const wanted = [];
  const read = async (address) => {
    const answer = await fetch(address);
    const text = await answer.text();
    asked.set(address, answer.ok);
    if (!answer.ok || !answer.headers.get("content-type").startsWith("text/html")) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    anchors.set(address, new Set([...page.querySelectorAll("[id], a[name]")].map((element) => element.id || element.name)));
    for (const element of page.querySelectorAll("a[href], link[href], img[src], script[src]")) {
      const target = new URL(element.getAttribute("href") ?? element.getAttribute("src"), answer.url);
      if (!target.href.startsWith(home) || element.rel === "canonical") continue;
      const anchor = decodeURIComponent(target.hash.slice(1));
      target.hash = "";
      wanted.push({ from: address, target: target.href, anchor });
      if (!asked.has(target.href)) {
        asked.set(target.href, undefined);
        waiting.push(target.href);
      }
    }
  };
  while (waiting.length > 0) await Promise.all(waiting.splice(0, 8).map(read));
  const alive = ({ target, anchor }) =>
    asked.get(target) && (anchor === "" || anchor === "__skip" || !anchors.has(target) || anchors.get(target).has(anchor));
  const dead = wanted.filter((link) => !alive(link)).map(({ from, target, anchor }) => `${from}: ${target}#${anchor}`);
  return { pages: anchors.size, links: wanted.length, dead: [...new Set(dead)].slice(0, 20) };
}

const TYPES = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json",
  ".png": "image/png", ".svg": "image/svg+xml", ".xml": "application/xml" };

/** Serves a folder as hosts of static sites do: a folder's address ends with a slash, or is led there. */
function serve(folder) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = path.join(folder, path.normalize(decodeURIComponent(pathname)));
    const found = fs.statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() && !pathname.endsWith("/")) {
      response.writeHead(301, { location: `${pathname}/` }).end();
      return;
    }
    const name = found?.isDirectory() ? path.join(file, "index.html") : file;
    if (!fs.existsSync(name)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream" });
    setTimeout(() => response.end(fs.readFileSync(name)), name.endsWith("search_index.json") ? 1500 : 0);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
