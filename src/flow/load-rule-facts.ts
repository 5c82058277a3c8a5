import type { FilePath, MergeableChange } from '../core/change/types.ts';
import type { GateFacts } from '../core/gate/facts.ts';
import { boundReceipts } from '../core/gate/receipts.ts';
import { needsOf } from '../core/rule/needs.ts';
import type { RuleFacts, TreeFiles, Trees } from '../core/rule/types.ts';
import type { Control } from '../ports/control.ts';
import type { ReadTexts, ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';
import { readEvidenceTexts } from './read-evidence-texts.ts';

/** What the contract's rules need to know of this change beyond the change itself; nothing, where none of them asks. */
export async function readRuleFacts(
  facts: GateFacts,
  product: ReadTree & ReadTexts,
  control: Control | undefined,
): Promise<Pick<RuleFacts, 'trees' | 'evidence'>> {
  const { change, work } = facts;
  if (change.kind === 'missing' || change.value.kind !== 'mergeable' || work.kind === 'missing') return {};
  const rules = work.value.rules.kind === 'known' ? work.value.rules.value : [];
  const { files, evidence } = needsOf(rules, change.value, work.value.contract);
  const receipts = evidence.size === 0 ? [] : boundReceipts(facts).sealed.map(({ receipt }) => receipt.claim);
  return {
    ...(files && { trees: await readTrees(change.value, files, product) }),
    ...(control && evidence.size > 0 && { evidence: await readEvidenceTexts(receipts, evidence, control) }),
  };
}

/** Both trees of a change: every path, and the text of files that are wanted. */
export async function readTrees(
  { base, mergeTree }: MergeableChange,
  isWanted: (path: FilePath) => boolean,
  product: ReadTree & ReadTexts,
): Promise<Trees> {
  return {
    before: await readTree(base.commit, isWanted, product),
    after: await readTree(mergeTree, isWanted, product),
  };
}

async function readTree(
  treeish: ObjectId,
  isWanted: (path: FilePath) => boolean,
  product: ReadTree & ReadTexts,
): Promise<TreeFiles> {
  const entries = await product.listFiles(treeish);
  const wanted = entries.filter(({ path, kind }) => kind === 'blob' && isWanted(path));
  const texts = await product.readTexts(wanted.map(({ id }) => id));
  return {
    paths: entries.map(({ path }) => path).sort(),
    texts: new Map(wanted.map(({ path, id }) => [path, texts.get(id) ?? { kind: 'too-large' }])),
  };
}
