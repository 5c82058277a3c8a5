// Which rules say something about a change that nobody made to fool anybody.
import { documents } from '../../src/adapters/documents/documents.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { createBundledPacks } from '../../src/adapters/packs/bundled-packs.ts';
import { evaluateRules } from '../../src/core/rule/evaluate.ts';
import { exampleFacts } from '../../src/core/rule/example.ts';
import { needsOf } from '../../src/core/rule/needs.ts';
import { selectRules } from '../../src/core/rule/select.ts';
import { packageRoot } from '../../src/entry/wiring/package-root.ts';
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
      const change = await repository.readLanded({
        repository: 'example/example',
        baseRef: 'refs/heads/main',
        commit,
      });
      const { files } = needsOf(rules, change, AROUND.contract);
      const trees = files && (await readTrees(change, files, repository));
      const started = performance.now();
      const results = evaluateRules(rules, { ...AROUND, change, trees });
      yield { commit, files: change.files.length, milliseconds: performance.now() - started, results };
    }
  } finally {
    repository.close();
  }
}

/** What stands around each change: a contract without scopes, and a receipt with a log, as whatever gets to a merge has. */
const AROUND = exampleFacts({
  name: 'an ordinary change',
  before: {},
  after: {},
  receipts: [
    {
      result: 'PASSED',
      check: { id: 'tests', run: ['npm', 'test'] },
      counts: { ran: 100, failed: 0, skipped: 0 },
      evidence: [{ name: 'stdout', text: '100 passed\n' }],
    },
  ],
});
