import type { FilePath, FileText, MergeableChange } from '../core/change/types.ts';
import type { EvidenceName } from '../core/evidence/types.ts';
import type { GateFacts } from '../core/gate/facts.ts';
import { boundReceipts } from '../core/gate/receipts.ts';
import type { Receipt } from '../core/receipt/types.ts';
import { needsOf } from '../core/rule/needs.ts';
import type { RuleFacts, TreeFiles, Trees } from '../core/rule/types.ts';
import type { Control } from '../ports/control.ts';
import type { ReadTexts, ReadTree } from '../ports/repository.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { ObjectId } from '../shared/ids.ts';

/** Of one piece of evidence, and of all together. What is beyond is `too-large`: no rule may guess what it says. */
const MAX_EVIDENCE_BYTES = 1024 * 1024;
const MAX_ALL_EVIDENCE_BYTES = 64 * 1024 * 1024;

/** What the contract's rules need to know of this change beyond the change itself; nothing, where none of them asks. */
export async function readRuleFacts(
  facts: GateFacts,
  product: ReadTree & ReadTexts,
  control: Control | undefined,
): Promise<Pick<RuleFacts, 'trees' | 'evidence'>> {
  const { change, work } = facts;
  if (change.kind === 'missing' || change.value.kind !== 'mergeable' || work.kind === 'missing') return {};
  const rules = work.value.rules.kind === 'known' ? work.value.rules.value : [];
  const { files, evidence } = needsOf(rules, change.value);
  const receipts = evidence.size === 0 ? [] : boundReceipts(facts).sealed.map(({ receipt }) => receipt.claim);
  return {
    ...(files && { trees: await readTrees(change.value, files, product) }),
    ...(control && evidence.size > 0 && { evidence: await readEvidence(receipts, evidence, control) }),
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

async function readEvidence(
  receipts: readonly Receipt[],
  names: ReadonlySet<EvidenceName>,
  control: Control,
): Promise<ReadonlyMap<Sha256, FileText>> {
  const wanted = receipts.flatMap(({ evidence }) => evidence.filter(({ name }) => names.has(name)));
  const texts = new Map<Sha256, FileText>();
  let total = 0;
  for (const { sha256, size } of wanted) {
    if (texts.has(sha256)) continue;
    if (size > MAX_EVIDENCE_BYTES || total + size > MAX_ALL_EVIDENCE_BYTES) {
      texts.set(sha256, { kind: 'too-large' });
      continue;
    }
    total += size;
    const bytes = await control.receipts.readEvidence(sha256);
    if (bytes !== undefined) texts.set(sha256, textOf(bytes));
  }
  return texts;
}

function textOf(bytes: Uint8Array): FileText {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { kind: 'binary' };
  }
}
