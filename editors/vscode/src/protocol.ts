// The requests that the server answers besides those of the Language Server Protocol: docs/protocol.md.
import { RequestType, type ProgressToken, type Range } from "vscode-languageclient/node";

/** How a section is called. */
export interface Name {
  number: string;
  /** The book's short name. */
  book: string;
  /** `§16.7.4` */
  reference: string;
  title: string;
}

/** A section in parts. Texts are Markdown; empty where the section has no such part. */
export interface Page extends Name {
  bookTitle: string;
  chapter: { number: number; title: string } | null;
  since: string | null;
  summary: string;
  keyPoints: string;
  pitfalls: string;
  /** Python, without a fence. */
  example: string;
  erratum: string;
  parent: Name | null;
  previous: Name | null;
  next: Name | null;
  children: Name[];
  seeAlso: Name[];
  rules: { name: string; gist: string }[];
  /** The place in the reader's own copy; lines count from 0. */
  copy: { uri: string; line: number } | null;
  /** Where the user wants sections opened instead. */
  link: string | null;
}

export interface Contents {
  book: string;
  title: string;
  chapters: { number: number; title: string; sections: Name[] }[];
}

export interface Hit extends Name {
  chapter: string | null;
  rule: string | null;
  gist: string;
}

/** A section in the margin, or a finding with the section that it leads to. */
export interface Remark extends Name {
  range: Range;
  rule: string | null;
  gist: string;
}

export interface Margin {
  version: number;
  remarks: Remark[];
}

export interface Wanted extends Name {
  uses: number;
  findings: number;
  files: number;
  first: { uri: string | null; line: number };
}

export interface ReadingList {
  files: number;
  leftOut: number;
  groups: { path: string | null; sections: Wanted[] }[];
}

export const sectionRequest = new RequestType<{ number: string; book?: string }, Page | null, void>(
  "marginalia/section",
);
export const contentsRequest = new RequestType<object, Contents[], void>("marginalia/contents");
export const searchRequest = new RequestType<{ query: string }, Hit[], void>("marginalia/search");
export const marginRequest = new RequestType<{ textDocument: { uri: string } }, Margin | null, void>(
  "marginalia/margin",
);
export const readingListRequest = new RequestType<
  { folders: string[]; workDoneToken?: ProgressToken },
  ReadingList,
  void
>("marginalia/readingList");
