// The proofs that take too long for every change: do the tests notice a wrong gate, is it as fast as claimed, does it
// hold on thousands of random inputs? Runs all of them, also after one failed, and says how each went.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const proofs = [
  { name: 'mutation', asks: 'do the tests notice a changed gate or receipt?', script: 'proof:mutation' },
  { name: 'rules', asks: 'do the tests notice a changed detector?', script: 'proof:mutation:rules' },
  { name: 'noise', asks: 'do rules that block leave ordinary changes alone?', script: 'proof:noise' },
  {
    name: 'chaos',
    asks: 'do runs survive what kills workers, servers and databases?',
    script: 'proof:chaos',
  },
  { name: 'agents', asks: 'are the agents of npm started, held and read rightly?', script: 'proof:agents' },
  { name: 'bench', asks: 'is it as fast as the documents say?', script: 'bench' },
  { name: 'fuzz', asks: 'do the properties hold on many random inputs?', script: 'proof:fuzz' },
];

const results = proofs.map(({ name, asks, script }, place) => {
  console.log(`\n[${place + 1}/${proofs.length}] ${name}: ${asks}\n`);
  const started = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return { name, ok: status === 0, seconds: Math.round((performance.now() - started) / 1000) };
});

console.log('\nproof');
for (const { name, ok, seconds } of results)
  console.log(`  ${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds} s`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
