// `reading-list --format html`: a map of the book, shaded by use.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { DESK, PAPER, PHONE } from "./lab.mjs";

export async function map(lab) {
  const folder = path.join(lab.folder, "project");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const tour = fs.readFileSync(path.join(lab.root, "examples/tour.py"), "utf8");
  fs.writeFileSync(path.join(folder, "tour.py"), tour);
  fs.writeFileSync(path.join(folder, "often.py"), `import asyncio\n${"asyncio.TaskGroup()\n".repeat(120)}${"open('a')\n".repeat(20)}`);
  const sections = JSON.parse(lab.marginalia("sections", "--format", "json"));
  const chapters = new Set(sections.map((section) => section.chapter));
  const address = lab.write("map.html", lab.marginalia("reading-list", "--format", "html", "target/pages/project"));

  let page = await lab.open(address);
  await lab.check("the page is all there is: nothing is fetched, nothing is run", async () => {
    assert.deepEqual(lab.requests, [address]);
    assert.deepEqual(lab.complaints, []);
    assert.equal(await page.locator("script").count(), 0);
  });
  await lab.check("every chapter has a row, every section a tile", async () => {
    assert.equal(chapters.size, 20);
    assert.equal(await page.locator(".map .chapter").count(), 20);
    assert.equal(await page.locator(".map .tile").count(), sections.length);
  });
  await lab.check("the tiles of a chapter stand beside its name, none over another", () => tidy(page, true));
  await lab.check("the shades tell apart: none, once, a few times, often, very often", async () => {
    const shades = await page.evaluate(() =>
      ["span.tile", ".u1", ".u2", ".u3", ".u4"].map((tile) => getComputedStyle(document.querySelector(`.legend ${tile}, .legend .tile${tile}`)).backgroundColor));
    assert.equal(new Set(shades).size, 5, shades.join(" "));
    const used = await page.evaluate(() => [1, 2, 3, 4].map((shade) => document.querySelectorAll(`.map .u${shade}`).length));
    assert.ok(used.every((count) => count > 0), `tiles by shade: ${used}`);
  });
  const tile = page.locator(".map a.tile[aria-label^='§16.7.4 ']");
  await lab.check("a tile says what it is, and leads to its line in the list", async () => {
    assert.match(await tile.getAttribute("aria-label"), /^§16\.7\.4 TaskGroup.*: 12\d places$/);
    await tile.click();
    const row = page.locator("tr:target");
    assert.match(await row.innerText(), /§16\.7\.4[^]*often\.py:2/);
    const box = await row.boundingBox();
    assert.ok(box.y >= 0 && box.y < DESK.viewport.height, `the line is at ${box.y}`);
  });
  await lab.check("tiles are reached by key", async () => {
    await page.goto(address);
    await page.keyboard.press("Tab");
    const [name, outline] = await page.evaluate(() => {
      const { outlineStyle } = getComputedStyle(document.activeElement);
      return [document.activeElement.getAttribute("aria-label"), outlineStyle];
    });
    assert.match(name, /^§\d/);
    assert.notEqual(outline, "none");
    await page.keyboard.press("Enter");
    await page.locator("tr:target").waitFor();
  });
  await lab.check("every text can be read", () => lab.readable());
  await page.goto(address);
  await lab.picture("light");
  await lab.picture("light-whole", { fullPage: true });

  page = await lab.open(address, { ...DESK, scheme: "dark" });
  await lab.check("it is dark where the reader likes it dark", () => lab.readable());
  await lab.picture("dark");

  page = await lab.open(address, PHONE);
  await lab.check("on a phone nothing scrolls sideways, and names stand over their tiles", async () => {
    await lab.noSidewaysScrolling();
    await tidy(page, false);
  });
  await lab.picture("phone");

  page = await lab.open(address, PAPER);
  await page.emulateMedia({ media: "print" });
  await lab.check("on paper the map keeps its shades", async () => {
    await lab.noSidewaysScrolling();
    assert.equal(await page.locator(".u4").first().evaluate((tile) => getComputedStyle(tile).printColorAdjust), "exact");
  });
  await page.pdf({ path: path.join(lab.artefacts, "map.pdf"), format: "A4" });

  const beside = lab.marginalia("reading-list", "--format", "html", "target/pages/project", "--vs", "examples");
  page = await lab.open(lab.write("beside.html", beside));
  await lab.check("two code bases have a map each", async () => {
    assert.equal(await page.locator(".map").count(), 2);
    assert.equal(await page.locator(".map .chapter").count(), 40);
    const dead = await page.evaluate(() =>
      [...document.querySelectorAll("a[href^='#']")].filter((link) => !document.getElementById(link.hash.slice(1))).length);
    assert.equal(dead, 0);
  });
  await lab.picture("beside", { fullPage: true });
}

/** Every row of tiles belongs to its chapter's name, and no tile lies over another. */
async function tidy(page, beside) {
  const rows = await page.evaluate(() => {
    const box = (element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return { left, right, top, bottom };
    };
    return [...document.querySelectorAll(".map .chapter")].map((chapter) => ({
      name: chapter.textContent,
      chapter: box(chapter),
      tiles: [...chapter.nextElementSibling.children].map(box),
    }));
  });
  let end = 0;
  for (const { name, chapter, tiles } of rows) {
    assert.ok(tiles.length > 0, `${name} has tiles`);
    assert.ok(chapter.top >= end - 1, `${name} begins at ${chapter.top}, and what is before it ends at ${end}`);
    const [first] = tiles;
    if (beside) assert.ok(first.left > chapter.right - 1 && Math.abs(first.top - chapter.top) < 12, name);
    else assert.ok(first.top >= chapter.bottom - 1 && first.top < chapter.bottom + 12, name);
    for (const [at, tile] of tiles.slice(1).entries()) {
      const before = tiles[at];
      assert.ok(tile.left >= before.right || tile.top >= before.bottom, `${name}: tile ${at + 2} lies over the one before`);
    }
    end = Math.max(chapter.bottom, ...tiles.map(({ bottom }) => bottom));
  }
}
