// Tries the packaged extension in a real VS Code: through the extension host's API, in an untrusted workspace of two folders,
// then as a user at the screen.
// usage: node drive.mjs CODE_SERVER_FOLDER VSIX ARTEFACTS [host|folders|screen]
import fs from "node:fs";
import path from "node:path";
import { Lab } from "./lab.mjs";
import { screen } from "./screen.mjs";

const [codeServer, vsix, artefacts] = process.argv.slice(2, 5).map((argument) => path.resolve(argument));
const only = process.argv[5];
const here = path.dirname(new URL(import.meta.url).pathname);
fs.rmSync(artefacts, { recursive: true, force: true });
fs.mkdirSync(artefacts, { recursive: true });

const counts = { passed: 0, failed: 0 };
const project = { project: path.join(here, "project") };
const folders = {
  project: path.join(here, "folders"),
  workspace: {
    folders: ["plain", "quiet"],
    settings: { "marginalia.path": "/nowhere/marginalia", "marginalia.links.base": "https://elsewhere.invalid" },
  },
  wary: true,
};
const wanted = (part) => !only || only === part;
if (wanted("host") || wanted("screen")) {
  await withLab(project, async (lab) => {
    if (wanted("host")) await host(lab, "host");
    if (wanted("screen")) await screen(lab, path.resolve(here, "../../../examples/tour.py"), passed);
  });
}
if (wanted("folders")) await withLab(folders, (lab) => host(lab, "folders"));
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);

/** Starts VS Code's server with these files, and tries something with it. */
async function withLab(options, attempt) {
  let lab;
  try {
    lab = await Lab.start({ codeServer, vsix, artefacts, ...options });
    await attempt(lab);
  } catch (fault) {
    counts.failed += 1;
    console.log(`FAILED  ${fault.stack}`);
    for (const [number, context] of (lab?.browser?.contexts() ?? []).entries()) {
      for (const page of context.pages()) await lab.picture(page, `failed-${number}`).catch(() => {});
    }
  } finally {
    await lab?.stop();
  }
}

function passed(what) {
  counts.passed += 1;
  console.log(`ok      ${what}`);
}

/** Runs the suite in the extension host; `name` is what its log and picture are called. */
async function host(lab, name) {
  // A development extension of nothing: it only lets the suite in.
  const empty = path.join(lab.work, "empty");
  fs.mkdirSync(empty);
  const manifest = { name: "suite", publisher: "tests", version: "0.0.1", engines: { vscode: "^1.91.0" } };
  fs.writeFileSync(path.join(empty, "package.json"), JSON.stringify(manifest));
  const payload = [
    ["extensionDevelopmentPath", lab.remote(empty)],
    ["extensionTestsPath", lab.remote(path.join(here, "suite", "index"))],
  ];
  // VS Code says much of its own there.
  const log = path.join(artefacts, `${name}.log`);
  let lastError = "";
  let finish;
  const exit = new Promise((resolve) => (finish = resolve));
  const page = await lab.open(payload, async (page) => {
    await page.exposeFunction("codeAutomationLog", (_type, lines) => {
      const text = lines.join(" ");
      if (text.startsWith("ok ")) passed(text.replace(/^ok +/, ""));
      else fs.appendFileSync(log, `${text}\n`);
      if (text.startsWith("Error: ")) lastError = text;
    });
    await page.exposeFunction("codeAutomationExit", (code) => finish(code));
  });
  const late = new Promise((resolve) => setTimeout(() => resolve("no result within 240 s"), 240_000));
  const result = await Promise.race([exit, late]);
  await lab.picture(page, name);
  if (result !== 0) throw new Error(`the suite in the extension host (${name}): ${result}\n${lastError}`);
  await page.context().close();
}
