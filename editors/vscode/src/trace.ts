// A channel that appears when something is written to it.
import * as vscode from "vscode";

export function lazyChannel(name: string): vscode.OutputChannel {
  let made: vscode.OutputChannel | undefined;
  const channel = () => (made ??= vscode.window.createOutputChannel(name));
  return {
    name,
    append: (value) => channel().append(value),
    appendLine: (value) => channel().appendLine(value),
    replace: (value) => channel().replace(value),
    clear: () => made?.clear(),
    show: () => channel().show(),
    hide: () => made?.hide(),
    dispose: () => made?.dispose(),
  };
}
