// Which program is the server: the setting's, else the one that came with the extension, else the one on the PATH.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface Program {
  /** An absolute path: a bare name could also mean a file in the folder that is open. */
  command: string;
  /** How it was found, for the log. */
  from: string;
}

/** There is no program; the message says what to do. */
export class NotFound extends Error {}

const NAME = process.platform === "win32" ? "marginalia.exe" : "marginalia";

export function findProgram(setting: string, extension: string, workspace: string | undefined): Program {
  const wanted = setting.trim();
  if (wanted) {
    return { command: named(wanted, workspace), from: "the setting marginalia.path" };
  }
  const bundled = path.join(extension, "server", NAME);
  if (isProgram(bundled)) {
    return { command: bundled, from: "the extension" };
  }
  const found = onPath(NAME);
  if (found) {
    return { command: found, from: "the PATH" };
  }
  throw new NotFound(
    "Marginalia has no server to start: none came with the extension, and there is no `marginalia` on the PATH. " +
      "Install one (`cargo install marginalia-lsp`), or name it in the setting marginalia.path.",
  );
}

/** What the setting names: a path, from the home folder or the workspace where it is relative, or a name on the PATH. */
function named(setting: string, workspace: string | undefined): string {
  const bare = path.basename(setting) === setting;
  let place: string | undefined = setting;
  if (setting === "~" || setting.startsWith("~/")) {
    place = path.join(os.homedir(), setting.slice(1));
  } else if (bare) {
    place = onPath(setting) ?? onPath(`${setting}.exe`);
  } else if (!path.isAbsolute(setting) && workspace) {
    place = path.join(workspace.replace("${workspaceFolder}", ""), setting.replace("${workspaceFolder}", ""));
  }
  if (place && isProgram(place)) {
    return place;
  }
  const fault = bare ? "which is not on the PATH" : "where there is no program";
  throw new NotFound(`The setting marginalia.path names "${setting}", ${fault}. Correct it, or leave it empty.`);
}

function onPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
