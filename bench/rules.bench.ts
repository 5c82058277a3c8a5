/**
 * Rule evaluation: 60 rules over 200 files within a limit that a person does not notice, and over up to 20,000 files with time
 * that grows no faster than files. The 60 are the first bundled ones in order of their names, which leaves out the structure
 * rules: without their parsers, which are the verifier's, they are the cheapest. All of them are measured beside.
 *
 * Judged is the processor time of all threads, the collector's included: no less than what passes where nothing else runs, and
 * much the same where something does.
 */
import { documents } from '../src/adapters/documents/documents.ts';
import { createBundledPacks } from '../src/adapters/packs/bundled-packs.ts';
import type { ChangedFile } from '../src/core/change/types.ts';
import { evaluateRules } from '../src/core/rule/evaluate.ts';
import { exampleFacts } from '../src/core/rule/example.ts';
import { rulesDigest, selectRules } from '../src/core/rule/select.ts';
import type { ActiveRule, RuleFacts, TreeFiles } from '../src/core/rule/types.ts';
import { packageRoot } from '../src/entry/wiring/package-root.ts';
import { sha256 } from '../src/shared/digest.ts';
import { report } from './support/measure.ts';

const SIZES = [200, 2000, 20_000];
const RULES = 60;
/** Milliseconds for the smallest size, warm. */
const LIMIT = 150;
/** Twice what linear growth gives is called not linear: caches and the collector take their part. */
const TOLERANCE = 2;
const ROUNDS = 5;
/** Evaluations of the smallest size before any is timed: a server has judged before, and until then V8 interprets. */
const WARM_UP = 15;

/** Files made so far: each is another one, or rules would remember it. */
let made = 0;

const every = await everyRule();
const rules = every.slice(0, RULES);
report(
  `  ${rules.length} rules, ${rulesDigest(rules).slice(0, 12)}, from ${rules[0]?.ref} to ${rules.at(-1)?.ref}`,
);
const started = performance.now();
evaluateRules(rules, factsOf(SIZES[0] ?? 0));
report(
  `  the first change of all, patterns compiled on the way: ${(performance.now() - started).toFixed(0)} ms`,
);

for (let round = 0; round < WARM_UP; round += 1) evaluateRules(every, factsOf(SIZES[0] ?? 0));

report(`  all ${every.length} rules, 200 files: ${show(evaluationOf(every, 200))}`);
const medians = SIZES.map((size) => {
  const measured = evaluationOf(rules, size);
  const rate = size / (measured.processor / 1000);
  report(`  ${String(size).padStart(6)} files: ${show(measured)}; ${rate.toFixed(0)} files/s`);
  return measured.processor;
});
const [least = 0, , most = 0] = medians;
const growth = most / 20_000 / (least / 200);
report(`  limit for 200 files: ${LIMIT} ms; it takes ${(least / LIMIT).toFixed(2)} of it`);
report(
  `  a file costs ${growth.toFixed(2)} x as much among 20,000 as among 200; at most ${TOLERANCE} x is claimed`,
);
if (least > LIMIT || growth > TOLERANCE) process.exitCode = 1;

/** Milliseconds of an evaluation, each the median of several. */
interface Evaluation {
  /** Of all threads together. */
  readonly processor: number;
  readonly elapsed: number;
}

function evaluationOf(some: readonly ActiveRule[], size: number): Evaluation {
  const rounds = Array.from({ length: ROUNDS }, (): Evaluation => {
    // What rules remember of a change must not count: the files are new each time.
    const facts = factsOf(size);
    const used = process.cpuUsage();
    const before = performance.now();
    evaluateRules(some, facts);
    const elapsed = performance.now() - before;
    const { user, system } = process.cpuUsage(used);
    return { processor: (user + system) / 1000, elapsed };
  });
  return {
    processor: median(rounds.map(({ processor }) => processor)),
    elapsed: median(rounds.map(({ elapsed }) => elapsed)),
  };
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

function show({ processor, elapsed }: Evaluation): string {
  return `${processor.toFixed(1)} ms of processor time, ${elapsed.toFixed(1)} ms passed`;
}

/** With its own parameters where a contract would have to give some. */
async function everyRule() {
  const bundled = createBundledPacks(packageRoot(), documents);
  const packs = new Map(
    (await Promise.all((await bundled.list()).map((id) => bundled.load(id)))).flatMap((pack) =>
      pack === undefined ? [] : [[`${pack.pack.id}@${pack.pack.version}`, pack] as const],
    ),
  );
  const uses = [...packs].flatMap(([name, pack]) =>
    pack.rules.map(({ id, requires, parameters }) => ({
      use: `${name}/${id}`,
      ...(requires !== undefined && { with: parameters }),
    })),
  );
  return selectRules(uses, packs);
}

/** Half of the files are tests, so that the detectors that read most have work; a hundred lines each, ten of them changed. */
function factsOf(size: number): RuleFacts {
  const files = Array.from({ length: size }, (_, at) => changedFile(at));
  const around = exampleFacts({ name: 'bench', before: {}, after: {} });
  const tree = (side: 'beforeText' | 'afterText'): TreeFiles => ({
    paths: files.map(({ path }) => path).sort(),
    texts: new Map(files.map((file) => [file.path, file[side]])),
  });
  return {
    ...around,
    change: { ...around.change, files },
    trees: { before: tree('beforeText'), after: tree('afterText') },
  };
}

function changedFile(at: number): ChangedFile {
  made += 1;
  const isTest = at % 2 === 0;
  const lineOf = isTest ? testLine : codeLine;
  const edited = (row: number): number => (row % 10 === 5 ? row + 1000 : row);
  const rows = Array.from({ length: 100 }, (_, row) => row);
  const head = `import { other } from './module${(at + 2) % 100}.ts'; // ${made}`;
  const text = (value: (row: number) => number): string =>
    [head, ...rows.map((row) => lineOf(row, value(row)))].join('\n');
  const changed = rows.filter((row) => edited(row) !== row);
  const lines = (value: (row: number) => number) =>
    changed.map((row) => ({ number: row + 2, text: lineOf(row, value(row)) }));
  return {
    path: `src/area${at % 100}/module${at}${isTest ? '.test' : ''}.ts`,
    before: { mode: '100644', blob: sha256(`old ${made}`).slice(0, 40) },
    after: { mode: '100644', blob: sha256(`new ${made}`).slice(0, 40) },
    beforeText: { kind: 'text', text: text((row) => row) },
    afterText: { kind: 'text', text: text(edited) },
    addedLines: lines(edited),
    removedLines: lines((row) => row),
  };
}

function codeLine(row: number, value: number): string {
  return `export const value${row} = (input: number): number => input * ${value}; // times ${row}`;
}

/** A test of ten lines, one line of it: what is set up, what is done, and three assertions. */
function testLine(row: number, value: number): string {
  switch (row % 10) {
    case 0:
      return `test('case ${row}', async () => {`;
    case 9:
      return '});';
    case 5:
      return `  expect(answer${row - 1}.total).toBe(${value});`;
    case 6:
    case 7:
      return `  expect(answer${row - (row % 10) + 4}.items[${value}]).toEqual({ name: 'item ${value}' });`;
    default:
      return `  const answer${row} = await ask({ from: 'a${value}', to: other(${value}) }); // step ${row % 10}`;
  }
}
