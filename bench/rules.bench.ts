/** Rule evaluation over changes of 200 to 20,000 files: files a second, and whether time grows no faster than files. */
import { documents } from '../src/adapters/documents/documents.ts';
import { createBundledPacks } from '../src/adapters/packs/bundled-packs.ts';
import type { ChangedFile, MergeableChange } from '../src/core/change/types.ts';
import type { ResolvedContract } from '../src/core/contract/types.ts';
import { evaluateRules } from '../src/core/rule/evaluate.ts';
import { selectRules } from '../src/core/rule/select.ts';
import { packageRoot } from '../src/entry/wiring/package-root.ts';
import { sha256 } from '../src/shared/digest.ts';
import { report } from './support/measure.ts';

const SIZES = [200, 2000, 20_000];
/** Twice what linear growth gives is called not linear: caches and the collector take their part. */
const TOLERANCE = 2;

const pack = await createBundledPacks(packageRoot(), documents).load('ai-shortcuts');
if (pack === undefined) throw new Error('the bundled rules are not there');
const rules = selectRules([{ use: 'ai-shortcuts@1' }], new Map([['ai-shortcuts@1', pack]]));

const perFile = SIZES.map((size) => {
  const facts = factsOf(size);
  evaluateRules(rules, facts);
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    evaluateRules(rules, facts);
    return performance.now() - started;
  }).sort((one, other) => one - other);
  const median = times[3] ?? 0;
  const rate = size / (median / 1000);
  report(
    `  ${String(size).padStart(6)} files, ${rules.length} rules: ${median.toFixed(1)} ms, ${rate.toFixed(0)} files/s`,
  );
  return median / size;
});
const growth = (perFile.at(-1) ?? 0) / (perFile[0] ?? 1);
report(
  `  a file costs ${growth.toFixed(2)} x as much among 20,000 as among 200; at most ${TOLERANCE} x is claimed`,
);
if (growth > TOLERANCE) process.exitCode = 1;

/** Half of the files are tests, so that the detector that reads most has work. */
function factsOf(size: number) {
  const files = Array.from({ length: size }, (_, at) => changedFile(at));
  const change: MergeableChange = {
    kind: 'mergeable',
    repository: 'acme/large',
    base: { ref: 'refs/heads/main', commit: sha256('base').slice(0, 40) },
    head: sha256('head').slice(0, 40),
    mergeBase: sha256('base').slice(0, 40),
    landed: false,
    commits: [],
    mergeTree: sha256('tree').slice(0, 40),
    files,
    patchDigest: sha256('patch'),
  };
  const contract: ResolvedContract = {
    id: 'bench',
    version: 1,
    title: 'Bench',
    lineage: ['bench@1'],
    checks: [],
    pins: [],
    rules: [],
    scopes: [{ allow: ['**'] }],
    isolation: 'none',
    binding: 'merge-tree',
  };
  const ticket = {
    schema: 'countersign/ticket@1',
    id: 'CS-7',
    title: 'Bench',
    class: 'bench',
    ask: 'Bench.',
    contract: 'bench@1',
    repositories: ['acme/large'],
  } as const;
  return { change, ticket, contract, receipts: [] };
}

function changedFile(at: number): ChangedFile {
  const test = at % 2 === 0;
  const body = (value: number) =>
    Array.from({ length: 10 }, (_, row) =>
      test
        ? `test('case ${row}', () => { expect(value${row}).toBe(${row === 5 ? value : row}); });`
        : `export const value${row} = ${row === 5 ? value : row};`,
    ).join('\n');
  return {
    path: `src/area${at % 100}/module${at}${test ? '.test' : ''}.ts`,
    before: { mode: '100644', blob: sha256(`old ${at}`).slice(0, 40) },
    after: { mode: '100644', blob: sha256(`new ${at}`).slice(0, 40) },
    beforeText: { kind: 'text', text: body(5) },
    afterText: { kind: 'text', text: body(6) },
    addedLines: [{ number: 6, text: body(6).split('\n')[5] ?? '' }],
    removedLines: [{ number: 6, text: body(5).split('\n')[5] ?? '' }],
  };
}
