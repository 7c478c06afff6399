// What the user has set. Defaults are left to the server: sent along, they would win over the project's own files.
import * as vscode from "vscode";

interface Manifest {
  contributes: { configuration: { properties: Record<string, unknown> }[] };
}

/** What concerns the extension alone. */
const OWN = ["path", "trace.server"];

/** The settings that somebody made, by name without the prefix: those of a folder, or of the workspace as a whole. */
export function explicitSettings(extension: vscode.Extension<unknown>, folder?: vscode.Uri): Record<string, unknown> {
  const manifest = extension.packageJSON as Manifest;
  const names = manifest.contributes.configuration.flatMap((group) => Object.keys(group.properties));
  const settings = vscode.workspace.getConfiguration("marginalia", folder ?? null);
  const made: Record<string, unknown> = {};
  for (const name of names.map((name) => name.replace(/^marginalia\./, ""))) {
    if (!OWN.includes(name) && isMade(settings.inspect(name))) {
      made[name] = settings.get(name);
    }
  }
  return made;
}

function isMade(found: ReturnType<vscode.WorkspaceConfiguration["inspect"]>): boolean {
  const values = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return values.some((value) => value !== undefined);
}
