// `Reading List for This Workspace`: which sections the code asks for, as a page.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { WorkDoneProgress } from "vscode-languageclient/node";
import { anchor, documentOf, escaped } from "./html";
import { SHOW_SECTION, commandLink } from "./links";
import { readingListRequest, type ReadingList, type Wanted } from "./protocol";
import type { Server } from "./server";

/** The command behind a link to a place in the code. */
export const OPEN_PLACE = "marginalia.openPlace";

export class ReadingLists implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {}

  /** The panel's HTML, for tests. */
  get html(): string {
    return this.panel?.webview.html ?? "";
  }

  /** Has the workspace looked at, and shows the list. */
  async show(): Promise<void> {
    const client = await this.server.ready();
    if (!client) {
      return;
    }
    const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) =>
      client.code2ProtocolConverter.asUri(folder.uri),
    );
    if (folders.length === 0) {
      void vscode.window.showInformationMessage("A reading list needs an open folder.");
      return;
    }
    const options = { location: vscode.ProgressLocation.Notification, title: "Reading list", cancellable: true };
    const list = await vscode.window.withProgress(options, async (progress, token) => {
      const workDoneToken = randomUUID();
      let done = 0;
      const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === "report") {
          const percentage = value.percentage ?? done;
          progress.report({ message: value.message ?? "", increment: percentage - done });
          done = percentage;
        }
      });
      try {
        return await client.sendRequest(readingListRequest, { folders, workDoneToken }, token);
      } catch (fault) {
        if (!token.isCancellationRequested) {
          void vscode.window.showErrorMessage(`The reading list failed: ${String(fault)}`);
        }
        return undefined;
      } finally {
        listener.dispose();
      }
    });
    if (list) {
      this.display(list);
    }
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private display(list: ReadingList): void {
    if (!this.panel) {
      this.panel = vscode.window.createWebviewPanel(
        "marginalia.readingList",
        "Reading List",
        vscode.ViewColumn.Active,
        { enableCommandUris: [SHOW_SECTION, OPEN_PLACE], enableFindWidget: true, localResourceRoots: [] },
      );
      this.panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, "media", "icon.svg");
      this.panel.onDidDispose(() => (this.panel = undefined));
    }
    this.panel.webview.html = readingListPage(list);
    this.panel.reveal();
  }
}

/** Opens a place that a link names. */
export async function openPlace(uri: string, line: number): Promise<void> {
  if (uri.endsWith(".ipynb")) {
    return openCell(vscode.Uri.parse(uri), line);
  }
  const start = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    selection: new vscode.Range(start, start),
    viewColumn: vscode.ViewColumn.One,
  });
}

/** Opens a notebook at the cell that a line of its file belongs to: each cell says its type before its source. */
async function openCell(uri: vscode.Uri, line: number): Promise<void> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const before = text.split("\n", line + 1).join("\n");
  const cell = Math.max(0, before.split('"cell_type"').length - 2);
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook, {
    selections: [new vscode.NotebookRange(cell, cell + 1)],
    viewColumn: vscode.ViewColumn.One,
  });
}

export function readingListPage(list: ReadingList): string {
  const left = list.leftOut > 0 ? `; ${list.leftOut} more were left out` : "";
  const groups = list.groups.map(({ path, sections }) => {
    const title = path ? `${path.charAt(0).toUpperCase()}${path.slice(1)} path` : "Further chapters";
    return `<section><h2>${escaped(title)}</h2><table>
<thead><tr><th>Section</th><th class="count">uses</th><th class="count">findings</th><th class="count">files</th><th>first in</th></tr></thead>
<tbody>${sections.map(row).join("\n")}</tbody></table></section>`;
  });
  const nothing = "<p>The code asks for no section of the book.</p>";
  return documentOf(
    "Reading List",
    `<main class="wide"><header><h1>Reading List</h1>
<p class="lead">What the book says about this workspace, in reading order. Looked at ${list.files} Python ${list.files === 1 ? "file" : "files"}${left}.</p></header>
${groups.join("\n") || nothing}</main>`,
  );
}

function row(wanted: Wanted): string {
  const section = anchor(
    commandLink(SHOW_SECTION, wanted.number, wanted.book),
    `<span class="number">${escaped(wanted.reference)}</span> ${escaped(wanted.title)}`,
  );
  const count = (value: number) => `<td class="count">${value === 0 ? "" : value}</td>`;
  const { uri, line } = wanted.first;
  const place = uri === null ? "" : `${escaped(vscode.workspace.asRelativePath(vscode.Uri.parse(uri)))}:${line + 1}`;
  const first = uri === null ? "" : anchor(commandLink(OPEN_PLACE, uri, line), place);
  return `<tr><td>${section}</td>${count(wanted.uses)}${count(wanted.findings)}${count(wanted.files)}<td class="place">${first}</td></tr>`;
}
