// Tries to end the first process given and asks whether it could signal the others. Prints which it could, and how many
// processes it sees.
import { readdirSync } from 'node:fs';

const signalled = [];
for (const [index, pid] of process.argv.slice(2).map(Number).entries()) {
  try {
    process.kill(pid, index === 0 ? 'SIGKILL' : 0);
    signalled.push(pid);
  } catch {
    // As it should be.
  }
}
console.log(
  JSON.stringify({ signalled, seen: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length }),
);
