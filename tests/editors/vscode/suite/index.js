// Runs inside VS Code's extension host, with the whole API, on the installed extension.
const vscode = require("vscode");
const { expect, wait, hoverText } = require("./support");

const run = (command, ...parameters) => vscode.commands.executeCommand(command, ...parameters);
const settings = () => vscode.workspace.getConfiguration("marginalia");

/** The tab of a panel of ours, when there is one. */
function tab(kind) {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.find((tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith(kind));
}

exports.run = () => (vscode.workspace.workspaceFile ? require("./folders").run() : project());

async function project() {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "sample.py");
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  const extension = vscode.extensions.getExtension("marginalia.marginalia");
  const api = await extension.activate();

  const ours = () => vscode.languages.getDiagnostics(uri).filter((found) => found.source === "marginalia");
  await findings(uri, document, ours);
  await hovers(uri);
  await section(api, uri, ours);
  await margin(api, document, editor);
  await readingList(api);
  await fix(uri, document, ours);

  await notebook(api);

  await run("marginalia.restart");
  // The fix has put two lines before it.
  await wait("it answers after a restart", async () => (await hoverText(uri, 11, 25)).includes("16.7.4"));
}

async function findings(_uri, _document, ours) {
  const [found] = await wait("the server inside the extension finds the mutable default", () => ours().length > 0 && ours());
  expect("it is on the line of the def", found.range.start.line === 3, found.range.start.line);
  expect("it names its section", found.message.includes("§4.3.3"), found.message);
  const link = found.code?.target?.toString();
  expect("its code links to the extension", link?.endsWith("://marginalia.marginalia/section/4.3.3"), link);
}

async function hovers(uri) {
  expect("the settings are offered with their defaults", settings().inspect("hover.detail").defaultValue === "summary");
  const taskGroup = () => hoverText(uri, 9, 25);
  const text = await wait("the hover tells of the section", async () => {
    const text = await taskGroup();
    return text.includes("16.7.4") && text;
  });
  expect("the project's settings count: the editor's defaults do not hide them", text.includes("**Key points**"), text);
  expect("its links open sections at once", text.includes("(command:marginalia.showSection?"), text);
  const nothing = await hoverText(uri, 4, 5);
  expect("a local name has no hover of ours", !nothing.includes("§"), nothing);

  await settings().update("hover.detail", "off", vscode.ConfigurationTarget.Workspace);
  await wait("a setting made in the editor counts more than the project's", async () => !(await taskGroup()).includes("§"));
  await settings().update("hover.detail", undefined, vscode.ConfigurationTarget.Workspace);
  await wait("taken back, the project's counts again", async () => (await taskGroup()).includes("**Key points**"));
}

async function section(api, uri, ours) {
  const shows = (number) => () => api.sections.current?.number === number;
  await run("marginalia.showSection", "§16.7.4");
  await wait("a section is shown", shows("16.7.4"));
  const panel = await wait("in a panel that is called like it", () =>
    tab("marginalia.section")?.label === "§16.7.4 TaskGroup" && tab("marginalia.section"),
  );
  expect("beside the code", panel.group.viewColumn === vscode.ViewColumn.Two, panel.group.viewColumn);
  expect("the code keeps the focus", vscode.window.activeTextEditor?.document.uri.toString() === uri.toString());
  const html = api.sections.html;
  const policy = /content="(default-src 'none'; style-src 'nonce-[^']+')"/.exec(html);
  expect("the page loads nothing and runs no script", policy && !html.includes("<script"), html.slice(0, 400));
  expect("the example has colours", html.includes('<span class="hljs-keyword">async</span>'));
  expect("related sections are links", html.includes("command:marginalia.showSection?%5B%2216.8%22"));

  await run("marginalia.nextSection");
  await wait("the next section follows", shows("16.7.5"));
  await run("marginalia.previousSection");
  await run("marginalia.previousSection");
  await wait("and the previous ones", shows("16.7.3"));
  await run("marginalia.back");
  await wait("back leads to what was shown before", shows("16.7.4"));
  await run("marginalia.openSection", "9.1.4");
  await wait("commands of code lenses and code actions show their section here", shows("9.1.4"));
  expect("all in one panel", vscode.window.tabGroups.all.flatMap((group) => group.tabs).length === 2);

  await vscode.commands.executeCommand("vscode.open", ours()[0].code.target);
  await wait("a finding's link shows its section", shows("4.3.3"));

  await run("marginalia.showSection", "16.7.4");
  await wait("a section that stands in the reader's copy says so", () => api.sections.html.includes("Open in your copy"));
  await run("marginalia.openInCopy");
  const copy = () => vscode.window.activeTextEditor;
  await wait("it is opened there", () => copy()?.document.uri.path.endsWith("/copy.txt"));
  await wait("at the line", () => copy()?.selection.start.line === 2);
  await run("marginalia.copyExample");
  const copied = await vscode.env.clipboard.readText();
  expect("the example can be copied", copied.startsWith("import asyncio\n"), copied);
}

async function margin(api, document, editor) {
  await vscode.window.showTextDocument(document, editor.viewColumn);
  await run("marginalia.margin.focus");
  const shown = await wait("the view Margin fills", () => api.margin.shown.length > 1 && api.margin.shown);
  const lines = shown.map((remark) => remark.range.start.line);
  expect("in the order of the file", lines.every((line, at) => at === 0 || lines[at - 1] <= line), lines.join(" "));
  expect("with the finding", shown.some((remark) => remark.rule === "mutable-default-argument"));
  expect("and the section", shown.some((remark) => remark.number === "16.7.4"));

  const active = await vscode.window.showTextDocument(document, editor.viewColumn);
  const goTo = (line, column) => (active.selection = new vscode.Selection(line, column, line, column));
  const points = (number) => () => api.margin.selected[0]?.number === number;
  goTo(9, 20);
  await wait("it follows the cursor", points("16.7.4"));
  goTo(4, 0);
  await wait("up again", points("4.3.3"));

  const end = new vscode.Position(document.lineCount, 0);
  await active.edit((edit) => edit.insert(end, "\nimport tempfile\ntempfile.mktemp()\n"));
  await wait("and what is typed", () => api.margin.shown.some((remark) => remark.rule === "mktemp-usage"));
  await run("undo");
  await wait("and what is undone", () => !api.margin.shown.some((remark) => remark.rule === "mktemp-usage"));
}

async function readingList(api) {
  await run("marginalia.readingList");
  const html = await wait("the workspace has a reading list", () => api.readingLists.html);
  expect("by reading path", html.includes("Advanced path"), html.slice(-2000));
  expect("with the section that the code asks for", html.includes("§16.7.4"), html.slice(-2000));
  expect("and where it does first", html.includes("sample.py:10"), html.slice(-2000));
  await run("workbench.action.closeActiveEditor");
  await wait("a closed list is gone", () => !tab("marginalia.readingList"));
  const cells = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "cells.ipynb");
  await run("marginalia.openPlace", cells.toString(), 31);
  const opened = () => vscode.window.activeNotebookEditor;
  await wait("a place in a notebook is opened in its cell", () =>
    opened()?.notebook.uri.path.endsWith("/cells.ipynb") && opened().selection.start === 2);
  await run("workbench.action.closeActiveEditor");
}

async function fix(uri, document, ours) {
  const [found] = ours();
  const actions = (resolve) => run("vscode.executeCodeActionProvider", uri, found.range, undefined, resolve);
  const offered = await actions(20);
  const fix = offered.find((action) => action.title.includes("`None`"));
  expect("the fix is offered", fix, offered.map((action) => action.title).join(" | "));
  expect("it comes with its edit", fix.edit, "no edit");
  expect("the edit applies", await vscode.workspace.applyEdit(fix.edit));
  await wait("the text is mended", () => document.lineAt(3).text === "def collect(item, seen=None):");
  await wait("the finding is gone", () => ours().length === 0);
}

async function notebook(api) {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "cells.ipynb");
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  const editor = await vscode.window.showNotebookDocument(notebook, { viewColumn: vscode.ViewColumn.One });
  const cell = notebook.cellAt(2).document;
  await wait("a name that another cell of a notebook imports is known", async () =>
    (await hoverText(cell.uri, 4, 10)).includes("16.7.4"),
  );
  const ours = () => vscode.languages.getDiagnostics(cell.uri).filter((found) => found.source === "marginalia");
  await wait("the mutable default in a cell is found", () => ours().some((found) => found.code.value === "mutable-default-argument"));
  editor.selection = new vscode.NotebookRange(2, 3);
  await run("notebook.cell.edit");
  await wait("the view Margin shows the cell", () => api.margin.shown.some((remark) => remark.rule === "mutable-default-argument" && remark.range.start.line === 0));
  await run("workbench.action.closeActiveEditor");
}
