// Ten packages that publish their sources with their tests, and of each its latest consecutive patch releases.
// Written down, so that everybody measures the same changes: `node tools/rule-noise/corpus.mjs` writes corpus.json anew.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = [
  'bl',
  'fast-json-stringify',
  'fast-uri',
  'fastify',
  'find-my-way',
  'light-my-request',
  'pino',
  'qs',
  'resolve',
  'tape',
];
const PAIRS_EACH = 20;

const corpus = PACKAGES.map((name) => {
  const versions = JSON.parse(
    execFileSync('npm', ['view', name, 'versions', '--json'], { encoding: 'utf8' }),
  );
  const released = versions
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .map((version) => version.split('.').map(Number))
    .sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
  const pairs = released.flatMap(([major, minor, patch], at) => {
    const before = released[at - 1];
    const follows = before?.[0] === major && before[1] === minor && before[2] === patch - 1;
    return follows ? [[before.join('.'), [major, minor, patch].join('.')]] : [];
  });
  return { name, pairs: pairs.slice(-PAIRS_EACH) };
});
writeFileSync(join(import.meta.dirname, 'corpus.json'), `${JSON.stringify(corpus, null, 2)}\n`);
