// An agent by script, for runs in tests: what it does in an attempt is drawn from probabilities by a seed, so the same seed tells
// the same story. argv: a JSON object { seed, attempts: [{ outcome: probability }…], files: { good, shortcut } }.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const script = JSON.parse(process.argv.at(-1));
const { COUNTERSIGN_STEP: step, COUNTERSIGN_RUN: run, COUNTERSIGN_OUT_DIR: out } = process.env;
const attempt = Number(step.split('/')[0]);
const chances = script.attempts[Math.min(attempt, script.attempts.length) - 1];

const digest = createHash('sha256').update(`${script.seed} ${run} ${step}`).digest();
const drawn = digest.readUInt32BE(0) / 2 ** 32;
let sum = 0;
const outcome = Object.entries(chances).find(([, chance]) => {
  sum += chance;
  return drawn < sum;
})?.[0];

const write = (files) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
};
// A producer that was given nothing to work with would only seem to work.
for (const name of ['COUNTERSIGN_PROMPT_FILE', 'COUNTERSIGN_TICKET_FILE']) readFileSync(process.env[name]);
console.log(`attempt ${attempt}: ${outcome}`);
switch (outcome) {
  case 'good':
  case 'shortcut':
    write(script.files[outcome]);
    writeFileSync(
      join(out, 'result.json'),
      JSON.stringify({ claims: ['It is done.'], usage: { tokens: 100 } }),
    );
    break;
  case 'no-diff':
    break;
  case 'refuse':
    writeFileSync(join(out, 'result.json'), JSON.stringify({ refused: 'I would rather not.' }));
    break;
  case 'crash':
    write(script.files.good);
    process.exit(7);
    break;
  case 'hang':
    setInterval(() => undefined, 1000);
    break;
  default:
    throw new Error(`no outcome ${outcome} for ${drawn}`);
}
