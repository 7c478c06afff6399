// What a user sees and does, through the page in Chromium. Each picture is kept.
import fs from "node:fs";
import path from "node:path";
import { until } from "./lab.mjs";

export async function screen(lab, tour, passed) {
  const file = path.join(lab.project, "tour.py");
  fs.copyFileSync(tour, file);
  const page = await lab.open([["openFile", lab.remote(file)]]);
  const user = new User(page);
  const check = async (what, condition, seconds = 30) => {
    const value = await until(what, condition, seconds);
    passed(what);
    return value;
  };

  await page.waitForSelector(".monaco-editor .view-line", { timeout: 60_000 });
  await user.goTo(51);
  await check("on screen: the finding is marked in the code", () =>
    page.locator(".monaco-editor .squiggly-hint, .monaco-editor .squiggly-warning").count(), 60);

  await check("on screen: a hover tells the section and its key points", async () => {
    const text = await user.hover("TaskGroup");
    return text.includes("§16.7.4") && text.includes("Key points");
  }, 60);
  await lab.picture(page, "1-hover");

  await page.locator(".monaco-hover:visible a", { hasText: "Open §16.7.4" }).first().click();
  const heading = async () => (await user.section())?.locator("h1").innerText({ timeout: 1000 });
  await check("on screen: its link opens the section beside the code", async () => (await heading())?.includes("TaskGroup"));
  const section = await user.section();
  const colours = await section.evaluate(() => {
    const colour = (selector) => getComputedStyle(document.querySelector(selector)).color;
    return [".hljs-keyword", ".hljs-number", ".hljs-comment", "pre code"].map(colour);
  });
  await check("on screen: the example has syntax colours", () => new Set(colours).size === 4);
  await user.park();
  await lab.picture(page, "2-section");

  await section.locator(".pager .next a").click();
  await check("on screen: the next section is a click away", async () => (await heading())?.includes("§16.7.5"));
  await check("on screen: and shown from its beginning", async () =>
    (await user.section()).locator("h1").evaluate((title) => title.getBoundingClientRect().top >= 0));
  await (await user.section()).locator(".steps a").click();
  await check("on screen: and so is the section around it", async () => /§16\.7\s/.test((await heading()) ?? ""));
  await (await user.section()).locator(".children a", { hasText: "§16.7.4" }).click();
  await check("on screen: and those in it", async () => (await heading())?.includes("§16.7.4"));

  await user.command("Marginalia: Focus on Margin View");
  const rows = page.locator("[id='workbench.view.extension.marginalia']");
  await check("on screen: the view Margin lists the sections", async () =>
    (await rows.locator(".monaco-list-row", { hasText: "§16.7.4" }).count()) > 0);
  const pointsAt = (reference) => async () =>
    (await rows.locator(".monaco-list-row.selected").innerText()).includes(reference);
  await user.goTo(42);
  await check("on screen: it follows the cursor", pointsAt("§4.3.3"));
  await user.goTo("61:16");
  await check("on screen: from line to line", pointsAt("§16.7.4"));
  await lab.picture(page, "3-margin");
  await rows.locator(".monaco-list-row", { hasText: "§4.3.3" }).first().click();
  await check("on screen: a click opens the section", async () => (await heading())?.includes("§4.3.3"));

  await user.command("Marginalia: Search the Book");
  await user.type("retry");
  await check("on screen: the search finds sections by words", async () => (await user.picks()).length > 2);
  await lab.picture(page, "4-search");
  await user.type("asyncio.timeout");
  await check("on screen: and by symbol", async () => (await user.picks())[0]?.includes("§16.7"));
  await page.keyboard.press("Enter");
  await check("on screen: and opens what is chosen", async () => (await heading())?.includes("§16.7"));

  await user.command("Marginalia: Open Section...");
  await user.type("9.1.4");
  await check("on screen: a section is found by its number", async () => (await user.picks())[0]?.includes("§9.1.4"));
  await page.keyboard.press("Enter");
  await check("on screen: and opened", async () => (await heading())?.includes("§9.1.4"));

  const readable = async (name) =>
    check(`on screen: every text of the page can be read (${name})`, async () => {
      const { ratio, what } = await contrast(await user.section());
      if (ratio < 4.5) throw new Error(`${what} has a contrast of ${ratio.toFixed(2)}`);
      return true;
    });
  await readable("dark");
  lab.set({ "workbench.colorTheme": "Default High Contrast" });
  await check("on screen: the panel follows the theme", async () => (await brightness(await user.section())) === 0);
  await readable("high contrast");
  await lab.picture(page, "5-high-contrast");
  lab.set({ "workbench.colorTheme": "Default Light Modern" });
  await check("on screen: and again", async () => (await brightness(await user.section())) > 200);
  await readable("light");
  await check("on screen: the finding's link leads to its section", async () => {
    await user.goTo("42:27");
    await page.keyboard.press("Control+K");
    await page.keyboard.press("Control+I");
    const link = page.locator(".monaco-hover:visible a", { hasText: "mutable-default-argument" }).first();
    await link.click({ timeout: 2000 });
    return (await heading())?.includes("§4.3.3");
  }, 60);
  await user.park();
  await lab.picture(page, "6-light");

  await user.command("Marginalia: Reading List for This Workspace");
  const list = () => user.frame("Reading List");
  await check("on screen: the reading list goes by reading path", async () =>
    (await (await list())?.locator("h2").allInnerTexts())?.some((title) => /advanced path/i.test(title)));
  await lab.picture(page, "7-reading-list");
  await (await list()).locator(".place a", { hasText: ".py" }).first().click();
  await check("on screen: it leads to the place in the code", async () =>
    (await page.locator(".tab.active", { hasText: /\.py/ }).count()) > 0);

  lab.set({ "marginalia.path": "/nowhere/marginalia" });
  await check("on screen: a server that is not there is an error that names the setting", async () => {
    await user.command("Notifications: Show Notifications");
    const texts = await page.locator(".notifications-center .notification-list-item").allInnerTexts();
    if (texts.length > 1) throw new Error(`one message would do: ${texts.join(" | ")}`);
    return texts[0]?.includes("marginalia.path") && texts[0].includes("/nowhere/marginalia");
  });
  await lab.picture(page, "8-no-server");
  lab.set({ "marginalia.path": "" });
  await check("on screen: with the setting mended the margin comes back", async () => {
    await user.command("Marginalia: Focus on Margin View");
    return (await rows.locator(".monaco-list-row", { hasText: "§" }).count()) > 0;
  });

  await page.goto(lab.address());
  await check("on screen: the section is there again when the window is opened again", async () =>
    (await heading())?.includes("§4.3.3"), 60);
  await lab.picture(page, "9-again");
}

/** How bright the page is behind its text, from 0 to 255. */
async function brightness(frame) {
  return frame.evaluate(() => {
    const element = document.body.appendChild(document.createElement("i"));
    element.style.color = "var(--vscode-editor-background)";
    const [red] = getComputedStyle(element).color.match(/\d+/g).map(Number);
    element.remove();
    return red;
  });
}

/** The text of a page that is the hardest to read, and its contrast (WCAG). */
async function contrast(frame) {
  return frame.evaluate(() => {
    const parse = (colour) => {
      const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
      return { rgb: [red, green, blue], alpha };
    };
    const over = (top, below) => top.rgb.map((value, at) => value * top.alpha + below[at] * (1 - top.alpha));
    const background = (element) => {
      const below = element.parentElement ? background(element.parentElement) : editor;
      return over(parse(getComputedStyle(element).backgroundColor), below);
    };
    const luminance = (rgb) => {
      const linear = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "var(--vscode-editor-background)";
    const editor = parse(getComputedStyle(probe).color).rgb;
    probe.remove();
    const texts = [...document.querySelectorAll("main *")].filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
    const rated = texts.map((element) => {
      const below = background(element);
      const [a, b] = [over(parse(getComputedStyle(element).color), below), below].map(luminance);
      const what = `${element.localName}.${element.className} "${element.textContent.slice(0, 30)}"`;
      return { ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), what };
    });
    return rated.sort((a, b) => a.ratio - b.ratio)[0];
  });
}

/** A user at the keyboard. */
class User {
  constructor(page) {
    this.page = page;
  }

  /** Puts the cursor at a `line` or `line:column` of the code. */
  async goTo(place) {
    const { page } = this;
    await page.locator(".monaco-editor .view-lines").first().click();
    await page.keyboard.press("Control+G");
    const input = page.locator(".quick-input-widget input[type=text]");
    await input.waitFor({ state: "visible" });
    await input.fill(`:${place}`);
    await page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  /** Runs a command from the palette. */
  async command(name) {
    const { page } = this;
    await page.keyboard.press("Escape");
    await page.keyboard.press("F1");
    const input = page.locator(".quick-input-widget input[type=text]");
    await input.waitFor({ state: "visible" });
    await input.fill(`>${name}`);
    await page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().waitFor();
    await page.keyboard.press("Enter");
  }

  /** Types into what is asked, instead of what stands there. */
  async type(text) {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await until("there is a place to type into", async () => (await input.isVisible()) && !(await input.inputValue()).startsWith(">"));
    await input.fill(text);
  }

  /** What the list offers at the moment. */
  async picks() {
    return this.page.locator(".quick-input-list .monaco-list-row").allInnerTexts();
  }

  /** Points at a word in the code until something is said about it. */
  async hover(word) {
    const { page } = this;
    const token = page.locator(".monaco-editor .view-line span span", { hasText: word }).last();
    const box = await token.boundingBox();
    await this.park();
    await page.mouse.move(box.x + box.width / 2 + 2, box.y + box.height / 2, { steps: 4 });
    const hover = page.locator(".monaco-hover:visible");
    await hover.first().waitFor({ timeout: 3000 });
    return (await hover.allInnerTexts()).join("\n");
  }

  /** Puts the pointer where it is in nobody's way. */
  async park() {
    await this.page.mouse.move(700, 890);
  }

  /** The page of the section panel. */
  section() {
    return this.frame("§");
  }

  /** The page of ours whose heading begins so, when there is one. VS Code keeps pages of its own around and beside it. */
  async frame(beginning) {
    for (const frame of this.page.frames().reverse()) {
      const look = () => document.querySelector("body > main h1")?.innerText ?? "";
      const heading = await frame.evaluate(look).catch(() => "");
      if (heading.startsWith(beginning)) return frame;
    }
    return undefined;
  }
}
