import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { findProgram, NotFound } from "../src/find";

const oldPath = process.env.PATH;
let folder;

/** Makes a program and returns where it is. */
function program(...parts) {
  const file = path.join(folder, ...parts);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
  return file;
}

const find = (setting) => findProgram(setting, path.join(folder, "extension"), path.join(folder, "workspace")).command;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "find-"));
  process.env.PATH = path.join(folder, "bin");
});

afterEach(() => {
  process.env.PATH = oldPath;
  fs.rmSync(folder, { recursive: true });
});

test("the setting counts before the extension's own server, and that before the PATH", () => {
  const onPath = program("bin", "marginalia");
  assert.equal(find(""), onPath);
  const bundled = program("extension", "server", "marginalia");
  assert.equal(find(""), bundled);
  const named = program("elsewhere", "marginalia");
  assert.equal(find(named), named);
  assert.equal(find("marginalia"), onPath, "a bare name is one on the PATH");
});

test("a relative setting begins at the workspace", () => {
  const tool = program("workspace", "tools", "marginalia");
  assert.equal(find("./tools/marginalia"), tool);
  assert.equal(find("${workspaceFolder}/tools/marginalia"), tool);
});

test("a program of the open folder is not taken for the one on the PATH", () => {
  program("workspace", "marginalia");
  process.env.PATH = `.${path.delimiter}${path.join(folder, "bin")}`;
  const here = process.cwd();
  process.chdir(path.join(folder, "workspace"));
  try {
    assert.throws(() => find(""), NotFound);
  } finally {
    process.chdir(here);
  }
});

test("where there is none, the error names the setting", () => {
  assert.throws(() => find(""), /marginalia\.path/);
  assert.throws(() => find("/nowhere/marginalia"), /marginalia\.path names "\/nowhere\/marginalia"/);
  fs.mkdirSync(path.join(folder, "a-folder"));
  assert.throws(() => find(path.join(folder, "a-folder")), NotFound, "a folder is no program");
});
