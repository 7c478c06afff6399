// Two folders in one workspace that the user does not trust: whose settings count, and where.
const vscode = require("vscode");
const { expect, wait, hoverText } = require("./support");

exports.run = async () => {
  expect("the workspace is not trusted", !vscode.workspace.isTrusted);
  const [first, second] = vscode.workspace.workspaceFolders;
  const [plain, quiet] = [await open(first), await open(second)];
  const rules = (uri) =>
    vscode.languages
      .getDiagnostics(uri)
      .filter((found) => found.source === "marginalia")
      .map((found) => found.code.value);
  await wait("a server runs, though the workspace names a program that is not there", async () =>
    (await hoverText(plain, 9, 25)).includes("16.7.4"));
  await wait("a finding is shown in one folder", () => rules(plain).includes("mutable-default-argument"));
  await wait("the other's own settings hide it there", () =>
    rules(quiet).includes("mktemp-usage") && !rules(quiet).includes("mutable-default-argument"));
  expect("and nowhere else", rules(plain).includes("mutable-default-argument"));
  const links = vscode.languages.getDiagnostics(quiet).map((found) => found.code?.target?.toString() ?? "");
  expect("links lead where the untrusted workspace does not say", links.every((link) => !link.includes("elsewhere")), links.join(" "));

  const folder = vscode.workspace.getWorkspaceFolder(quiet);
  const settings = () => vscode.workspace.getConfiguration("marginalia", folder);
  await settings().update("diagnostics.ignore", ["mktemp-usage"], vscode.ConfigurationTarget.WorkspaceFolder);
  await wait("a folder's settings can be changed", () =>
    !rules(quiet).includes("mktemp-usage") && rules(quiet).includes("mutable-default-argument"));
  expect("for this folder only", rules(plain).includes("mktemp-usage"));
};

async function open(folder) {
  const uri = vscode.Uri.joinPath(folder.uri, "sample.py");
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  return uri;
}
