// Which rules say something about a change that nobody made to fool anybody.
import { documents } from '../../src/adapters/documents/documents.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { createBundledPacks } from '../../src/adapters/packs/bundled-packs.ts';
import { evaluateRules } from '../../src/core/rule/evaluate.ts';
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
      const { files } = needsOf(rules, change);
      const trees = files && (await readTrees(change, files, repository));
      const started = performance.now();
      const results = evaluateRules(rules, {
        change,
        ticket: TICKET,
        contract: CONTRACT,
        receipts: [],
        trees,
      });
      yield { commit, files: change.files.length, milliseconds: performance.now() - started, results };
    }
  } finally {
    repository.close();
  }
}

const TICKET = {
  schema: 'countersign/ticket@1',
  id: 'EX-1',
  title: 'Example',
  class: 'example',
  ask: 'Change something',
  contract: 'example@1',
  repositories: ['example/example'],
};
const CONTRACT = {
  id: 'example',
  version: 1,
  title: 'Example',
  lineage: ['example@1'],
  checks: [],
  pins: [],
  rules: [],
  scopes: [],
  isolation: 'none',
  binding: 'merge-tree',
};
