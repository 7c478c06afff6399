// Sections as links: those that the server makes for this extension, and those in the extension's own pages.
import * as vscode from "vscode";
import type { Sections } from "./sections";

/** The command that shows a section: its number, and the book's short name. */
export const SHOW_SECTION = "marginalia.showSection";

/** What the server puts a section's number behind. */
export function linkBase(extension: vscode.Extension<unknown>): string {
  return `${vscode.env.uriScheme}://${extension.id}/section/`;
}

/** A link that runs a command of ours, for pages and hovers that allow it. */
export function commandLink(command: string, ...parameters: unknown[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify(parameters))}`;
}

/** The section that a link of the server's means. */
export function sectionOf(uri: vscode.Uri): { number: string; book?: string } | undefined {
  const number = /^\/section\/(\d+(?:\.\d+){0,2}b?)$/.exec(uri.path)?.[1];
  const book = new URLSearchParams(uri.query).get("book");
  return number === undefined ? undefined : book ? { number, book } : { number };
}

/** Opens sections for links that arrive from outside: diagnostics, other programs. */
export class LinkHandler implements vscode.UriHandler {
  constructor(private readonly sections: Sections) {}

  async handleUri(uri: vscode.Uri): Promise<void> {
    const section = sectionOf(uri);
    if (section) {
      await this.sections.show(section.number, section.book);
    } else {
      void vscode.window.showWarningMessage(`Marginalia knows no page for ${uri.toString()}.`);
    }
  }
}

/** Has a hover's links open sections at once, without the question that VS Code asks for links from outside. */
export function withCommandLinks(hover: vscode.Hover, base: string): vscode.Hover {
  const contents = hover.contents.map((content) => {
    if (!(content instanceof vscode.MarkdownString)) {
      return content;
    }
    const text = content.value.replaceAll(/\]\(([^)\s]+)\)/g, (link, target: string) => {
      const section = target.startsWith(base) ? sectionOf(vscode.Uri.parse(target)) : undefined;
      return section ? `](${commandLink(SHOW_SECTION, section.number, section.book)})` : link;
    });
    const markdown = new vscode.MarkdownString(text);
    markdown.isTrusted = { enabledCommands: [SHOW_SECTION] };
    return markdown;
  });
  return new vscode.Hover(contents, hover.range);
}
