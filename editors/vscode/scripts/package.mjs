// Makes the .vsix with the server inside.
// usage: npm run package                                          for this machine; builds the server
//        npm run package -- --target alpine-x64 --server PATH     for another; packs a server that was built already
// MARGINALIA_SERVER=PATH does what --server does.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const here = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const root = path.resolve(here, "../..");
const { values } = parseArgs({ options: { target: { type: "string" }, server: { type: "string" } } });
const target = values.target ?? `${process.platform}-${process.arch}`;
const windows = target.startsWith("win32");
const name = windows ? "marginalia.exe" : "marginalia";

let program = values.server ?? process.env.MARGINALIA_SERVER;
if (!program) {
  if (target !== `${process.platform}-${process.arch}`) {
    console.error(`package: name the server for ${target} with --server PATH`);
    process.exit(2);
  }
  execFileSync("cargo", ["build", "--profile", "dist", "--locked"], { cwd: root, stdio: "inherit" });
  program = path.join(root, "target/dist", name);
}
program = path.resolve(process.env.INIT_CWD ?? process.cwd(), program);

fs.rmSync(path.join(here, "server"), { recursive: true, force: true });
fs.mkdirSync(path.join(here, "server"));
const inside = path.join(here, "server", name);
fs.copyFileSync(program, inside);
if (!windows) fs.chmodSync(inside, 0o755);
// One changelog and one pair of licences for the whole project.
fs.copyFileSync(path.join(root, "CHANGELOG.md"), path.join(here, "CHANGELOG.md"));
const licences = ["LICENSE-MIT", "LICENSE-APACHE"].map((file) => fs.readFileSync(path.join(root, file), "utf8"));
fs.writeFileSync(
  path.join(here, "LICENSE.txt"),
  `Under the MIT licence or the Apache License 2.0, as you like.\n\n${licences.join(`\n${"-".repeat(78)}\n\n`)}`,
);
const vsix = path.join(here, values.target ? `marginalia-${target}.vsix` : "marginalia.vsix");
const vsce = path.join(here, "node_modules/@vscode/vsce/vsce");
const options = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];
execFileSync(process.execPath, [vsce, "package", "--target", target, ...options, "--out", vsix], {
  cwd: here,
  stdio: "inherit",
});
