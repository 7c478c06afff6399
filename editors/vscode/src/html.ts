// What all pages of ours share. They run no script and load nothing: links are commands of the extension.
import { randomBytes } from "node:crypto";
import style from "../media/page.css";

export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (letter) => names[letter] ?? letter);
}

/** A whole page. */
export function documentOf(title: string, body: string): string {
  const nonce = randomBytes(16).toString("base64");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
${body}
</body>
</html>`;
}

/** A link; the target is a command of ours. */
export function anchor(target: string, html: string, title = ""): string {
  return `<a href="${escaped(target)}"${title && ` title="${escaped(title)}"`}>${html}</a>`;
}
