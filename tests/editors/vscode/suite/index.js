// Runs inside VS Code's extension host, with the whole API, on the installed extension.
const vscode = require("vscode");

let passed = 0;

function expect(what, condition, detail) {
  if (!condition) {
    throw new Error(`${what}: ${detail ?? "not so"}`);
  }
  passed += 1;
  console.log(`ok      ${what}`);
}

async function wait(what, condition) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const value = await condition();
    if (value) {
      passed += 1;
      console.log(`ok      ${what}`);
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within 60 s`);
}

async function hoverText(uri, line, character) {
  const position = new vscode.Position(line, character);
  const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, position);
  return hovers.flatMap((hover) => hover.contents.map((content) => content.value ?? content)).join("\n");
}

exports.run = async () => {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "sample.py");
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);

  const ours = () => vscode.languages.getDiagnostics(uri).filter((found) => found.source === "marginalia");
  const [found] = await wait("the mutable default is found", () => ours().length > 0 && ours());
  expect("it is on the line of the def", found.range.start.line === 3, found.range.start.line);
  expect("it names its section", found.message.includes("§4.3.3"), found.message);

  await wait("the hover tells of the section", async () => (await hoverText(uri, 9, 25)).includes("16.7.4"));
  const nothing = await hoverText(uri, 4, 5);
  expect("a local name has no hover of ours", !nothing.includes("§"), nothing);

  const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, found.range);
  const fix = actions.find((action) => action.title.includes("`None`"));
  expect("the fix is offered", fix, actions.map((action) => action.title).join(" | "));
  const resolved = fix.edit
    ? [fix]
    : await vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, found.range, undefined, 20);
  const edit = resolved.find((action) => action.title === fix.title).edit;
  expect("it comes with its edit", edit, "no edit");
  expect("the edit applies", await vscode.workspace.applyEdit(edit));
  await wait("the text is mended", () => document.lineAt(3).text === "def collect(item, seen=None):");
  await wait("the finding is gone", () => ours().length === 0);

  await vscode.commands.executeCommand("marginalia.showSection", "§16.7.4");
  await wait("the section opens as a page", () =>
    vscode.window.visibleTextEditors.some((editor) => editor.document.uri.path.includes("16.7.4")),
  );
  await vscode.commands.executeCommand("marginalia.restart");
  // The fix has put two lines before it.
  await wait("it answers after a restart", async () => (await hoverText(uri, 11, 25)).includes("16.7.4"));
  console.log(`tests: ${passed} passed, 0 failed`);
};
