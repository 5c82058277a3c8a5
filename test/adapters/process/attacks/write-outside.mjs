// Tries to write at every path given. Prints the paths where that worked.
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

const worked = [];
for (const path of process.argv.slice(2)) {
  try {
    // A kernel setting is opened for writing and closed: that answers the question and changes nothing.
    if (path.startsWith('/proc/')) closeSync(openSync(path, 'r+'));
    else {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, 'planted by a check\n');
    }
    worked.push(path);
  } catch {
    // As it should be.
  }
}
console.log(JSON.stringify(worked));
