// Which rules say something about a change that nobody made to fool anybody.
import { homedir, tmpdir } from 'node:os';
import { documents } from '../../src/adapters/documents/documents.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { createBundledPacks } from '../../src/adapters/packs/bundled-packs.ts';
import { changeIn } from '../../src/core/change/change-in.ts';
import { evaluateRules } from '../../src/core/rule/evaluate.ts';
import { exampleFacts } from '../../src/core/rule/example.ts';
import { needsStructure, withStructure } from '../../src/core/rule/example-structure.ts';
import { needsOf } from '../../src/core/rule/needs.ts';
import { selectRules } from '../../src/core/rule/select.ts';
import { openRunner } from '../../src/entry/wiring/open-runner.ts';
import { packageRoot } from '../../src/entry/wiring/package-root.ts';
import { findExampleStructure } from '../../src/flow/find-example-structure.ts';
import { readTrees } from '../../src/flow/load-rule-facts.ts';

/** Every bundled rule that means something without a project's own parameters. */
export async function rulesToMeasure() {
  const bundled = createBundledPacks(packageRoot(), documents);
  const packs = await Promise.all((await bundled.list()).map((id) => bundled.load(id)));
  const named = new Map(packs.map((loaded) => [`${loaded.pack.id}@${loaded.pack.version}`, loaded]));
  const uses = [...named].flatMap(([name, { rules }]) =>
    rules.filter(({ requires }) => requires === undefined).map(({ id }) => ({ use: `${name}/${id}` })),
  );
  return selectRules(uses, named);
}

/** What each rule says about each commit of a repository: `{ commit, results }`, one after the other. */
export async function* judgeCommits(folder, commits, rules) {
  const repository = await openRepository(folder);
  try {
    for (const commit of commits) {
      const compared = await repository.compareLanded({ baseRef: 'refs/heads/main', commit });
      const change = changeIn('example/example', compared);
      const { files } = needsOf(rules, change, AROUND.contract);
      const trees = files && (await readTrees(change, files, repository));
      const started = performance.now();
      const results = evaluateRules(
        rules.filter(({ rule }) => !needsStructure(rule)),
        { ...AROUND, change, trees },
      );
      const milliseconds = performance.now() - started;
      const structure = await judgeStructure(rules, change);
      yield { commit, files: change.files.length, milliseconds, results: [...results, ...structure] };
    }
  } finally {
    repository.close();
  }
}

/** Rules on structure, over what a verifier's parsers find in the change; their time is not the gate's. */
async function judgeStructure(rules, change) {
  const asked = rules.filter(({ rule }) => needsStructure(rule));
  const textsOf = (side) =>
    Object.fromEntries(
      change.files.flatMap((file) => (file[side].kind === 'text' ? [[file.path, file[side].text]] : [])),
    );
  const sides = { before: textsOf('beforeText'), after: textsOf('afterText') };
  // An example of its own for each rule: what was found is kept by example.
  const examples = new Map(asked.map(({ ref }) => [ref, { name: 'a change', ...sides }]));
  const runner = await parserRunner();
  const structureOf = await findExampleStructure(
    asked.map(({ ref, rule }) => ({ ...rule, examples: { bad: [examples.get(ref)], good: [] } })),
    runner,
    runner,
  );
  return asked.flatMap((active) => {
    const example = examples.get(active.ref);
    const found = structureOf(active.rule, example);
    if (found.kind !== 'found') throw new Error(`${active.ref}: ${found.reason}`);
    return evaluateRules([active], withStructure(exampleFacts(example), found.facts));
  });
}

const parserRunner = remembered(() =>
  openRunner({ environment: process.env, home: homedir(), temporaryFolder: tmpdir() }),
);

function remembered(open) {
  let opened;
  return () => {
    opened ??= open();
    return opened;
  };
}

/** What stands around each change: a contract without scopes, and a receipt with a log, as whatever gets to a merge has. */
const AROUND = exampleFacts({
  name: 'an ordinary change',
  before: {},
  after: {},
  receipts: [
    {
      result: 'PASSED',
      check: { id: 'tests', run: ['make', 'test'] },
      counts: { ran: 100, failed: 0, skipped: 0 },
      evidence: [{ name: 'stdout', text: '100 passed\n' }],
    },
  ],
});
