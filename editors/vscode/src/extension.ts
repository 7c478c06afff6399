// What is there, and what belongs to which command.
import * as vscode from "vscode";
import { LinkHandler, SHOW_SECTION } from "./links";
import { MarginView } from "./margin";
import { OPEN_PLACE, ReadingLists, openPlace } from "./readingList";
import { openSection, searchBook } from "./search";
import { Sections } from "./sections";
import { Server } from "./server";
import { Status } from "./status";

let server: Server | undefined;

/** What tests look at. */
export interface Api {
  sections: Sections;
  margin: MarginView;
  readingLists: ReadingLists;
}

export async function activate(context: vscode.ExtensionContext): Promise<Api> {
  const log = vscode.window.createOutputChannel("Marginalia", { log: true });
  const status = new Status();
  const running = new Server(context, log, status);
  server = running;
  const sections = new Sections(context, running);
  const margin = new MarginView(running, sections);
  const readingLists = new ReadingLists(context, running);
  const command = vscode.commands.registerCommand;
  context.subscriptions.push(
    log,
    status,
    running,
    sections,
    margin,
    readingLists,
    ...sections.register(),
    ...margin.register(),
    vscode.window.registerUriHandler(new LinkHandler(sections)),
    command("marginalia.restart", () => running.restart()),
    command("marginalia.showLogs", () => log.show()),
    command("marginalia.search", () => searchBook(running, sections)),
    command("marginalia.readingList", () => readingLists.show()),
    command(OPEN_PLACE, openPlace),
    command(SHOW_SECTION, (number?: unknown, book?: unknown) =>
      typeof number === "string"
        ? sections.show(number, typeof book === "string" ? book : undefined)
        : openSection(running, sections),
    ),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("marginalia.path")) {
        void running.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
  );
  void vscode.commands.executeCommand("setContext", "marginalia.active", true);
  await running.restart();
  return { sections, margin, readingLists };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
