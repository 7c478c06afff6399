// Opens in Chromium what the program writes for browsers, and looks at it as a reader would.
// usage: node drive.mjs ROOT [annotate|map|site]
import { annotate } from "./annotate.mjs";
import { Lab } from "./lab.mjs";
import { map } from "./map.mjs";
import { site } from "./site.mjs";

const [root, only] = process.argv.slice(2);
const subjects = { annotate, map, site };
const lab = await Lab.start(root);
for (const [name, subject] of Object.entries(subjects)) {
  if (only === undefined || only === name) await lab.subject(name, subject);
}
await lab.stop();
console.log(`${lab.passed} passed, ${lab.failed} failed`);
process.exit(lab.failed === 0 ? 0 : 1);
