// The view Margin: what the book has to say about the file in view, in order, following the cursor.
import * as vscode from "vscode";
import { marginRequest, type Margin, type Remark } from "./protocol";
import type { Sections } from "./sections";
import type { Server } from "./server";

/** How long to wait for the next letter before the margin is asked for again. */
const PAUSE = 250;

export class MarginView implements vscode.TreeDataProvider<Remark>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly view: vscode.TreeView<Remark>;
  private remarks: Remark[] = [];
  private editor: vscode.TextEditor | undefined;
  private pause: NodeJS.Timeout | undefined;
  /** Counts requests: an answer that was overtaken is dropped. */
  private asked = 0;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly sections: Sections,
  ) {
    this.view = vscode.window.createTreeView("marginalia.margin", { treeDataProvider: this });
  }

  /** What has the view follow the editor. */
  register(): vscode.Disposable[] {
    const ours = (uri: vscode.Uri) => uri.toString() === this.editor?.document.uri.toString();
    this.look(vscode.window.activeTextEditor);
    return [
      vscode.commands.registerCommand("marginalia.openRemark", (remark: Remark) => this.open(remark)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.look(editor)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === this.editor) {
          this.follow();
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => ours(document.uri) && this.soon()),
      // The server says anew what it finds when settings or their files have changed.
      vscode.languages.onDidChangeDiagnostics(({ uris }) => uris.some(ours) && this.soon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.soon()),
      this.server.onChanged(() => this.soon()),
    ];
  }

  /** What the view shows, for tests. */
  get shown(): readonly Remark[] {
    return this.remarks;
  }

  /** What it points at, for tests. */
  get selected(): readonly Remark[] {
    return this.view.selection;
  }

  getChildren(parent?: Remark): Remark[] {
    return parent ? [] : this.remarks;
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(remark: Remark): vscode.TreeItem {
    const item = new vscode.TreeItem(`${remark.reference} ${remark.rule ?? remark.title}`);
    const line = String(remark.range.start.line + 1);
    item.description = line;
    item.tooltip = new vscode.MarkdownString(`**${remark.reference} ${remark.title}**\n\n${remark.gist}`);
    item.iconPath = remark.rule
      ? new vscode.ThemeIcon("lightbulb", new vscode.ThemeColor("list.warningForeground"))
      : new vscode.ThemeIcon("book");
    item.command = { command: "marginalia.openRemark", title: "Open Section", arguments: [remark] };
    item.accessibilityInformation = { label: `${String(item.label)}, line ${line}` };
    return item;
  }

  dispose(): void {
    clearTimeout(this.pause);
    this.view.dispose();
    this.changed.dispose();
  }

  private look(editor: vscode.TextEditor | undefined): void {
    // Focus on a panel is no editor: the file is still in view.
    if (editor) {
      this.editor = editor.document.languageId === "python" ? editor : undefined;
      this.soon(0);
    }
  }

  private soon(pause = PAUSE): void {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => void this.refresh(), pause);
  }

  private async refresh(): Promise<void> {
    if (!this.view.visible) {
      return;
    }
    const request = ++this.asked;
    const client = this.server.running;
    const document = this.editor?.document;
    const ask = client && document && !document.isClosed;
    const wanted = { textDocument: { uri: ask ? client.code2ProtocolConverter.asUri(document.uri) : "" } };
    const margin = ask ? await client.sendRequest(marginRequest, wanted).catch(() => null) : null;
    if (request !== this.asked) {
      return;
    }
    const remarks = margin?.remarks ?? [];
    // An unchanged tree keeps its selection and place.
    if (JSON.stringify(remarks) !== JSON.stringify(this.remarks)) {
      this.remarks = remarks;
      this.changed.fire();
    }
    this.view.message = this.comment(margin);
    this.follow();
  }

  /** What the view says when it has nothing to show. */
  private comment(margin: Margin | null): string {
    if (!this.server.running) {
      return "The server is not running.";
    }
    if (!margin) {
      return "Open a Python file to see what the book says about it.";
    }
    return margin.remarks.length === 0 ? "The book has nothing to add to this file." : "";
  }

  /** Selects what stands beside the cursor, else the nearest above it. */
  private follow(): void {
    const cursor = this.editor?.selection.active;
    const remark = cursor && nearest(this.remarks, cursor);
    if (remark && this.view.visible) {
      // Fails when the tree was filled anew in between; the next refresh follows again.
      this.view.reveal(remark, { select: true, focus: false }).then(undefined, () => undefined);
    }
  }

  private async open(remark: Remark): Promise<void> {
    if (this.editor) {
      this.editor = await show(this.editor, remark);
    }
    await this.sections.show(remark.number, remark.book);
  }
}

/** Shows the code that a remark stands beside. */
async function show(editor: vscode.TextEditor, { range: { start, end } }: Remark): Promise<vscode.TextEditor> {
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  const { document, viewColumn } = editor;
  if (document.uri.scheme === "vscode-notebook-cell") {
    // Shown as a document, a cell would leave its notebook.
    editor.selection = new vscode.Selection(selection.start, selection.end);
    editor.revealRange(selection);
    return editor;
  }
  const column = viewColumn === undefined ? {} : { viewColumn };
  return vscode.window.showTextDocument(document, { ...column, selection, preserveFocus: true });
}

function nearest(remarks: readonly Remark[], cursor: vscode.Position): Remark | undefined {
  const holds = ({ range: { start, end } }: Remark) =>
    new vscode.Range(start.line, start.character, end.line, end.character).contains(cursor);
  const onLine = remarks.find((remark) => remark.range.start.line === cursor.line);
  return remarks.find(holds) ?? onLine ?? remarks.findLast((remark) => remark.range.start.line <= cursor.line);
}
