// What the suites say and wait with.
const vscode = require("vscode");

function ok(what) {
  console.log(`ok      ${what}`);
}

function expect(what, condition, detail) {
  if (!condition) {
    throw new Error(`${what}: ${detail ?? "not so"}`);
  }
  ok(what);
}

async function wait(what, condition) {
  const end = Date.now() + 60_000;
  let last;
  while (Date.now() < end) {
    const value = await condition();
    if (value) {
      ok(what);
      return value;
    }
    last = value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within 60 s (${last})`);
}

async function hoverText(uri, line, character) {
  const position = new vscode.Position(line, character);
  const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, position);
  return hovers.flatMap((hover) => hover.contents.map((content) => content.value ?? content)).join("\n");
}

module.exports = { expect, wait, hoverText };
