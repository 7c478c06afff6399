// A browser, the program, and counted checks.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const DESK = { viewport: { width: 1280, height: 900 } };
/** What is left of a sheet of A4 between its margins. */
export const PAPER = { viewport: { width: 718, height: 1000 } };

export class Lab {
  static async start(root) {
    const lab = new Lab();
    lab.root = root;
    lab.folder = path.join(root, "target/pages");
    lab.artefacts = path.join(lab.folder, "artefacts");
    fs.rmSync(lab.artefacts, { recursive: true, force: true });
    fs.mkdirSync(lab.artefacts, { recursive: true });
    lab.passed = 0;
    lab.failed = 0;
    lab.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ],
    });
    return lab;
  }

  async stop() {
    await this.browser.close();
  }

  /** Runs the checks of a subject; what stops them counts as one that failed. */
  async subject(name, checks) {
    this.name = name;
    try {
      await checks(this);
    } catch (fault) {
      this.#failed("all checks could be made", fault);
    }
    await this.close();
  }

  /** One check: passed unless it throws. The page is pictured where it does. */
  async check(what, check) {
    try {
      await check();
      this.passed += 1;
      console.log(`ok      ${this.name}: ${what}`);
    } catch (fault) {
      this.#failed(what, fault);
      const name = `failed-${this.failed}`;
      await this.page?.screenshot({ path: path.join(this.artefacts, `${name}.png`) }).catch(() => {});
    }
  }

  #failed(what, fault) {
    this.failed += 1;
    console.log(`FAILED  ${this.name}: ${what}\n${fault.stack}`);
  }

  /** What the program prints. */
  marginalia(...given) {
    const program = path.join(this.root, "target/debug/marginalia");
    return execFileSync(program, given, { cwd: this.root, encoding: "utf8", maxBuffer: 2 ** 28 });
  }

  /** Writes a page to where the browser can open it; its address. */
  write(name, html) {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, html);
    return `file://${file}`;
  }

  /** Opens a page in a window of its own, in place of the one before; gathers what it asks for and complains of. */
  async open(address, { scheme = "light", ...how } = DESK) {
    await this.close();
    this.context = await this.browser.newContext({ colorScheme: scheme, ...how });
    this.context.setDefaultTimeout(30_000);
    this.page = await this.context.newPage();
    this.complaints = [];
    this.requests = [];
    this.page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) this.complaints.push(said.text());
    });
    this.page.on("pageerror", (fault) => this.complaints.push(String(fault)));
    this.page.on("requestfailed", (request) => {
      const { errorText } = request.failure();
      // A reader who goes on before a page has all it asked for breaks off the rest.
      if (errorText !== "net::ERR_ABORTED") this.complaints.push(`${request.url()} could not be had: ${errorText}`);
    });
    this.page.on("request", (request) => this.requests.push(request.url()));
    await this.page.goto(address);
    return this.page;
  }

  async close() {
    await this.context?.close();
    this.context = undefined;
    this.page = undefined;
  }

  /** Keeps a picture, for people to look at. */
  async picture(name, options = {}) {
    await this.page.screenshot({ path: path.join(this.artefacts, `${this.name}-${name}.png`), ...options });
  }

  async noSidewaysScrolling() {
    const [wide, window] = await this.page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
    assert.ok(wide <= window, `the page is ${wide} pixels wide, the window ${window}`);
  }

  /** Every text that is seen stands out from what is behind it. */
  async readable(least = 4.5) {
    const { ratio, what } = await this.page.evaluate(worstContrast);
    assert.ok(ratio >= least, `${what} has a contrast of ${ratio.toFixed(2)}`);
  }
}

/** In the page: the text with the least contrast, as WCAG counts it. */
function worstContrast() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (colour) => {
    const [red, green, blue] = [...rgba(colour)].slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (rgba(colour)[3] === 255) return colour;
    }
    return "Canvas";
  };
  let worst = { ratio: 21, what: "" };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const [light, dark] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < worst.ratio) worst = { ratio, what: `"${text.data.trim().slice(0, 40)}" in ${element.className || element.tagName}` };
  }
  return worst;
}
