// The panel with a section, beside the code.
import * as vscode from "vscode";
import { pageOf } from "./page";
import { sectionRequest, type Page } from "./protocol";
import type { Server } from "./server";

/** The kind of the panel; `when` clauses of the manifest name it too. */
const PANEL = "marginalia.section";

/** Where the section on display is kept for the next window. */
const LAST = "marginalia.lastSection";

/** The commands that links in the panel may run. */
const COMMANDS = [
  "marginalia.showSection",
  "marginalia.openInCopy",
  "marginalia.copyExample",
  "marginalia.openExample",
];

export class Sections implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private page: Page | undefined;
  /** What was shown before, the latest last. */
  private readonly past: Page[] = [];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {}

  /** What registers the panel and its commands. */
  register(): vscode.Disposable[] {
    const command = (name: string, run: () => unknown) => vscode.commands.registerCommand(`marginalia.${name}`, run);
    return [
      vscode.window.registerWebviewPanelSerializer(PANEL, this),
      command("previousSection", () => this.go(this.page?.previous)),
      command("nextSection", () => this.go(this.page?.next)),
      command("back", () => this.back()),
      command("openInCopy", () => this.openInCopy()),
      command("copyExample", () => this.copyExample()),
      command("openExample", () => this.openExample()),
    ];
  }

  /** The section on display. */
  get current(): Page | undefined {
    return this.page;
  }

  /** The panel's HTML, for tests. */
  get html(): string {
    return this.panel?.webview.html ?? "";
  }

  /** Shows a section, or opens it where the user wants sections opened. */
  async show(number: string, book?: string): Promise<void> {
    const page = await this.ask(number, book);
    if (!page) {
      return;
    }
    if (page.link) {
      await vscode.env.openExternal(vscode.Uri.parse(page.link));
      return;
    }
    if (this.page && (this.page.number !== page.number || this.page.book !== page.book)) {
      this.past.push(this.page);
    }
    this.display(page);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    const last = this.context.workspaceState.get<{ number: string; book: string }>(LAST);
    const page = last && (await this.ask(last.number, last.book));
    if (page) {
      this.display(page);
    } else {
      panel.dispose();
    }
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private async ask(number: string, book?: string): Promise<Page | undefined> {
    const client = await this.server.ready();
    const wanted = { number: number.replace(/^.*§/, "").trim(), ...(book === undefined ? {} : { book }) };
    const refused = () => null;
    const page = await client?.sendRequest(sectionRequest, wanted).catch(refused);
    if (client && !page) {
      void vscode.window.showInformationMessage(`The book has no section ${wanted.number}.`);
    }
    return page ?? undefined;
  }

  private async go(name: { number: string; book: string } | null | undefined): Promise<void> {
    if (name) {
      await this.show(name.number, name.book);
    }
  }

  private back(): void {
    const page = this.past.pop();
    if (page) {
      this.display(page);
    }
  }

  private display(page: Page): void {
    this.page = page;
    const panel = this.panel ?? this.open();
    panel.title = `${page.reference} ${page.title}`;
    panel.webview.html = pageOf(page);
    const context = (name: string, value: unknown) =>
      vscode.commands.executeCommand("setContext", `marginalia.${name}`, value);
    void context("hasCopy", page.copy !== null);
    void context("hasPast", this.past.length > 0);
    void this.context.workspaceState.update(LAST, { number: page.number, book: page.book });
    if (!panel.visible) {
      panel.reveal(undefined, true);
    }
  }

  private open(): vscode.WebviewPanel {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(PANEL, "Marginalia", place, {
      enableCommandUris: COMMANDS,
      enableFindWidget: true,
      localResourceRoots: [],
    });
    this.adopt(panel);
    return panel;
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.webview.options = { enableCommandUris: COMMANDS, localResourceRoots: [] };
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, "media", "icon.svg");
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.page = undefined;
      this.past.length = 0;
    });
  }

  private async openInCopy(): Promise<void> {
    const copy = this.page?.copy;
    if (copy) {
      const line = new vscode.Position(copy.line, 0);
      await vscode.window.showTextDocument(vscode.Uri.parse(copy.uri), { selection: new vscode.Range(line, line) });
    }
  }

  private async copyExample(): Promise<void> {
    if (this.page?.example) {
      await vscode.env.clipboard.writeText(`${this.page.example}\n`);
      vscode.window.setStatusBarMessage(`Copied the example of ${this.page.reference}`, 3000);
    }
  }

  private async openExample(): Promise<void> {
    if (this.page?.example) {
      const content = `${this.page.example}\n`;
      const document = await vscode.workspace.openTextDocument({ language: "python", content });
      await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    }
  }
}
