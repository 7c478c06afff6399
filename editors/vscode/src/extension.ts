import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;
let starting: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Marginalia", { log: true });
  const restart = () => {
    // One after the other: two starts at once would leave a server without an owner.
    starting = starting.then(() => start(context, log));
    return starting;
  };
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("marginalia.restart", restart),
    vscode.commands.registerCommand("marginalia.showLogs", () => log.show()),
    vscode.commands.registerCommand("marginalia.showSection", showSection),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("marginalia.path")) {
        void restart();
      }
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  await client?.stop().catch((fault: unknown) => log.warn(`the server did not stop: ${String(fault)}`));
  client = undefined;
  const command = serverPath(context);
  const server: ServerOptions = { command, args: ["server"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "python", scheme: "file" },
      { language: "python", scheme: "untitled" },
    ],
    outputChannel: log,
    initializationOptions: vscode.workspace.getConfiguration("marginalia"),
    synchronize: { configurationSection: "marginalia" },
  };
  const started = new LanguageClient("marginalia", "Marginalia", server, options);
  try {
    await started.start();
    client = started;
    log.info(`started ${command}`);
  } catch (fault) {
    log.error(`cannot start ${command}: ${String(fault)}`);
    const settings = "Open Setting";
    const chosen = await vscode.window.showErrorMessage(
      `Marginalia cannot start "${command}". Install the program, or name it in the setting marginalia.path.`,
      settings,
    );
    if (chosen === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "marginalia.path");
    }
  }
}

/** The setting, else the program that comes with the extension, else the one on the PATH. */
function serverPath(context: vscode.ExtensionContext): string {
  const setting = vscode.workspace.getConfiguration("marginalia").get<string>("path")?.trim();
  if (setting) {
    return setting.startsWith("~/") ? path.join(process.env.HOME ?? "~", setting.slice(2)) : setting;
  }
  const name = process.platform === "win32" ? "marginalia.exe" : "marginalia";
  const bundled = context.asAbsolutePath(path.join("server", name));
  return fs.existsSync(bundled) ? bundled : name;
}

async function showSection(number?: string): Promise<void> {
  const wanted = number ?? (await vscode.window.showInputBox({ prompt: "Section", placeHolder: "16.7.4" }));
  if (wanted) {
    await vscode.commands.executeCommand("marginalia.openSection", wanted.replace("§", "").trim());
  }
}
