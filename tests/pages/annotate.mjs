// `annotate --format html`: a file with notes in its margin.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { DESK, PAPER, PHONE } from "./lab.mjs";

export async function annotate(lab) {
  const html = lab.marginalia("annotate", "--format", "html", "examples/tour.py");
  const tour = lab.write("tour.html", html);
  const code = fs.readFileSync(path.join(lab.root, "examples/tour.py"), "utf8").trimEnd().split("\n");

  let page = await lab.open(tour);
  await lab.check("the page is all there is: nothing is fetched, nothing is run", async () => {
    assert.deepEqual(lab.requests, [tour]);
    assert.deepEqual(lab.complaints, []);
    assert.equal(await page.locator("script").count(), 0);
  });
  await lab.check("every line of the file is there", async () => {
    assert.deepEqual(await page.locator("td.code").allInnerTexts(), code.map((line) => line || ""));
  });
  await lab.check("the code has syntax colours", async () => {
    const colours = ["tr .k", "tr .s", "tr .n", "td.code"].map((part) =>
      page.locator(part).first().evaluate((element) => getComputedStyle(element).color));
    assert.equal(new Set(await Promise.all(colours)).size, 4);
  });
  await lab.check("notes stand to the right of their lines, on one edge", async () => {
    const rows = await noted(page);
    assert.ok(rows.length > 20, `${rows.length} lines have notes`);
    for (const { line, start, text, first } of rows) {
      assert.ok(Math.abs(middle(first) - middle(start)) <= 3, `line ${line}: ${middle(start)} beside ${middle(first)}`);
      assert.ok(first.left >= text.right + 8, `line ${line}: code to ${text.right}, a note from ${first.left}`);
    }
    const edges = new Set(rows.map(({ first }) => Math.round(first.left)));
    assert.equal(edges.size, 1, `the margin is no straight line: ${[...edges]}`);
  });
  await lab.check("no line lies over another, and no note over a note", async () => apart(page));
  await lab.picture("light");
  await lab.check("every text can be read", () => lab.readable());

  const before = await lines(page);
  const group = page.locator("tr", { hasText: "async with asyncio.TaskGroup()" }).locator("summary", { hasText: "§16.7.4" });
  await group.click();
  const opened = () => lab.page.locator("details[open] .note");
  let note = opened();
  await lab.check("a note opens", async () => {
    await note.getByText("Key points").waitFor();
    assert.match(await note.innerText(), /§16\.7\.4 TaskGroup[^]*ExceptionGroup[^]*Example/);
  });
  await lab.check("and the code stays where it was", async () => assert.deepEqual(await lines(page), before));
  await lab.check("an open note covers no code", async () => {
    const card = await note.boundingBox();
    for (const { line, text } of await noted(page)) assert.ok(card.x >= text.right, `line ${line} ends at ${text.right}`);
    assert.ok(card.x + card.width <= DESK.viewport.width, "the note ends within the window");
  });
  await lab.picture("open");
  await lab.check("another note that opens closes it", async () => {
    await page.locator("summary", { hasText: "§16.7 ASYNCIO" }).click();
    assert.equal(await page.locator("details[open]").count(), 1);
    assert.match(await note.innerText(), /^§16\.7 ASYNCIO/);
  });
  await lab.check("a section that comes up again leads to its note", async () => {
    await page.locator("details[open] summary").click();
    await page.locator("tr[id='24'] a.section", { hasText: "§7.11" }).first().click();
    await page.locator("tr[id='5'] details[open]", { hasText: "§7.11 Dataclasses" }).waitFor();
    assert.match(await note.innerText(), /^§7\.11 Dataclasses/);
  });
  await lab.check("notes open by key, and what has the focus is seen", async () => {
    await page.goto(tour);
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none");
    await page.keyboard.press("Enter");
    await note.waitFor();
    await page.keyboard.press("Enter");
    await note.waitFor({ state: "detached" }).catch(() => note.waitFor({ state: "hidden" }));
  });
  await lab.check("a finding says what is wrong", async () => {
    await page.locator("summary.finding", { hasText: "mutable-default-argument" }).click();
    assert.match(await note.innerText(), /every call of .?remember/);
  });

  page = await lab.open(tour, { ...DESK, scheme: "dark" });
  await page.locator("tr[id='4'] summary").last().click();
  await lab.check("it is dark where the reader likes it dark", async () => {
    const [red] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
    assert.ok(red < 50, `the page has red ${red}`);
    await lab.readable();
  });
  await lab.picture("dark");

  page = await lab.open(tour, PHONE);
  await lab.check("on a phone nothing scrolls sideways", () => lab.noSidewaysScrolling());
  await lab.check("on a phone the notes stand under their lines", async () => {
    for (const { line, text, first } of await noted(page)) {
      assert.ok(first.top >= text.bottom - 4, `line ${line} ends at ${text.bottom}, its note begins at ${first.top}`);
      assert.ok(first.top - text.bottom < 24, `line ${line} ends at ${text.bottom}, its note begins at ${first.top}`);
    }
    await apart(page);
  });
  await page.locator("tr[id='4'] summary").last().tap();
  note = opened();
  await lab.check("on a phone a tap opens a note, all of which can be read", async () => {
    await note.waitFor();
    await lab.noSidewaysScrolling();
    const card = await note.boundingBox();
    assert.ok(card.x >= 0 && card.x + card.width <= 390, `from ${card.x}, ${card.width} wide`);
    await apart(page);
  });
  await lab.picture("phone");

  page = await lab.open(tour, { ...PAPER, scheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await lab.check("on paper the notes stand beside the code, dark on white", async () => {
    for (const { line, start, text, first } of await noted(page)) {
      assert.ok(Math.abs(middle(first) - middle(start)) <= 3, `line ${line}: ${middle(start)} beside ${middle(first)}`);
      assert.ok(first.left >= text.right, `line ${line}: code to ${text.right}, a note from ${first.left}`);
    }
    const [red] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
    assert.equal(red, 255);
    await lab.noSidewaysScrolling();
    await lab.readable();
  });
  await lab.picture("paper");
  await page.pdf({ path: path.join(lab.artefacts, "annotate.pdf"), format: "A4" });

  await wide(lab);
  await large(lab);
}

/** Lines longer than any margin allows. */
async function wide(lab) {
  const file = path.join(lab.folder, "wide.py");
  const call = `asyncio.run(main(), debug=${"x".repeat(50)})`;
  fs.writeFileSync(file, `import asyncio\n\n${call}  # ${"a remark that goes on, ".repeat(12)}\n${"y".repeat(300)} = 1\n`);
  const address = lab.write("wide.html", lab.marginalia("annotate", "--format", "html", file));
  for (const [where, how] of [["a desk", DESK], ["a small window", { viewport: { width: 1000, height: 700 } }], ["a phone", PHONE]]) {
    const page = await lab.open(address, how);
    await lab.check(`long lines are wrapped on ${where}`, async () => {
      await lab.noSidewaysScrolling();
      await apart(page);
    });
  }
  await lab.picture("wide");
}

/** Ten thousand lines. */
async function large(lab) {
  const tour = fs.readFileSync(path.join(lab.root, "examples/tour.py"), "utf8");
  const copies = Math.ceil(10_000 / (tour.split("\n").length - 1));
  const file = path.join(lab.folder, "large.py");
  fs.writeFileSync(file, Array.from({ length: copies }, () => tour).join(""));
  const html = lab.marginalia("annotate", "--format", "html", file);
  await lab.check("a page of 10,000 lines is no larger than ten times its file", async () => {
    const [source, made] = [fs.statSync(file).size, Buffer.byteLength(html)];
    assert.ok(made < 10 * source, `${made} bytes of ${source}`);
  });
  const page = await lab.open(lab.write("large.html", html));
  await lab.check("its last line is there, with its note", async () => {
    const last = page.locator("tr:has(td.margin :is(details, a))").last();
    await last.scrollIntoViewIfNeeded();
    assert.ok(Number(await last.getAttribute("id")) > 9_900);
    await page.locator("summary").first().click();
    await page.locator("details[open] .note").waitFor();
  });
}

/** The lines with notes: where their code starts, where all of it is, and the first line of the first of their notes. */
function noted(page) {
  return page.evaluate(() => {
    const box = ({ left, right, top, bottom }) => ({ left, right, top, bottom });
    const words = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range;
    };
    const rows = [...document.querySelectorAll("tr")].filter((row) => row.querySelector("td.margin :is(details, a, span)"));
    return rows.map((row) => {
      const first = words(row.querySelector("td.margin :is(summary, a, span)")).getClientRects()[0];
      const code = words(row.querySelector("td.code"));
      const [start, text] = [code.getClientRects()[0], code.getBoundingClientRect()];
      return { line: row.id, start: box(start), text: box(text), first: box(first) };
    });
  });
}

/** Where every line begins, on the page. */
function lines(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("td.code")].map((cell) => cell.getBoundingClientRect().top + scrollY));
}

function middle({ top, bottom }) {
  return (top + bottom) / 2;
}

/** Nothing that is written lies over anything else that is. */
async function apart(page) {
  const over = await page.evaluate(() => {
    const boxes = [];
    for (const cell of document.querySelectorAll("td.line, td.code")) {
      const range = document.createRange();
      range.selectNodeContents(cell);
      boxes.push({ what: `line ${cell.parentElement.id}`, box: range.getBoundingClientRect() });
    }
    for (const note of document.querySelectorAll("td.margin :is(summary, a.section, span.finding)")) {
      boxes.push({ what: note.textContent, box: note.getBoundingClientRect() });
    }
    for (const note of document.querySelectorAll("details[open] .note")) {
      if (getComputedStyle(note).position === "static") boxes.push({ what: "the open note", box: note.getBoundingClientRect() });
    }
    const seen = boxes.filter(({ box }) => box.width > 0 && box.height > 0).sort((a, b) => a.box.top - b.box.top);
    for (const [at, one] of seen.entries()) {
      for (const other of seen.slice(at + 1)) {
        if (other.box.top >= one.box.bottom - 2) break;
        if (other.box.left < one.box.right - 1 && one.box.left < other.box.right - 1) return `${one.what} and ${other.what}`;
      }
    }
    return undefined;
  });
  assert.equal(over, undefined);
}
