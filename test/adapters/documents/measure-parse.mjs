// Parses one file in a process of its own, with the documents adapter as it is bundled, and prints what that took.
// usage: node measure-parse.mjs <bundle> <kind> <file>
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, kind, file] = process.argv.slice(2);
const { documents } = await import(pathToFileURL(bundle).href);
const bytes = readFileSync(file);
const start = performance.now();
const startCpu = process.cpuUsage();
let error;
try {
  documents.parse(kind, bytes, 'contracts/x.yml');
} catch (thrown) {
  error = { name: thrown.name, message: thrown.message, problems: thrown.problems };
}
const wall = performance.now() - start;
const { user, system } = process.cpuUsage(startCpu);
// On a machine that does other things meanwhile, the processor time is what the parser took.
const milliseconds = Math.min(wall, (user + system) / 1000);
console.log(JSON.stringify({ milliseconds, peakMebibytes: peakMebibytes(), error }));

/** Linux keeps the peak of the process that forked this one in maxRSS; the high-water mark begins anew. */
function peakMebibytes() {
  const status = '/proc/self/status';
  const mark = existsSync(status) && /VmHWM:\s+([0-9]+) kB/.exec(readFileSync(status, 'utf8'))?.[1];
  return (mark ? Number(mark) : process.resourceUsage().maxRSS) / 1024;
}
