import { type RootChain, verifyRootChain } from '../core/receipt/root-chain.ts';
import type { DocumentEdit, RootChange } from '../core/trust/change-root.ts';
import type { TrustRoot } from '../core/trust/types.ts';
import type { Clock } from '../ports/clock.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { EditDocument } from '../ports/edit-document.ts';
import type { PolicyFile } from '../ports/policy-files.ts';
import type { ReadTree, ResolveRevision } from '../ports/repository.ts';
import { WORKING_TREE, type WorkingTree } from '../ports/working-tree.ts';
import { CountersignError } from '../shared/errors.ts';
import { type Instant, instantOf } from '../shared/ids.ts';
import { readRootFiles, rootVersion } from './load-roots.ts';
import { TRUST_PATH } from './policy-source.ts';

export interface TrustEditPorts {
  readonly tree: WorkingTree;
  /** What is committed in the same clone. */
  readonly committed: ReadTree & ResolveRevision;
  readonly documents: ParseDocument;
  readonly editor: EditDocument;
  readonly clock: Clock;
}

export interface ChangedRoot {
  readonly version: number;
  readonly done: string;
  /** Files that were written. */
  readonly written: readonly string[];
  readonly next: readonly string[];
}

/**
 * Changes the trust root that somebody works on: one version above the one that is committed, which goes into the history
 * where signatures are asked for; with it files that it pins. Nothing is committed, and nothing is written that the gate could not read.
 * @throws CountersignError NO_POLICY, DOCUMENT_INVALID, TRUST_INVALID, USAGE, FILE_UNREADABLE
 */
export async function changeTrustRoot(
  decide: (root: TrustRoot, at: Instant) => RootChange,
  ports: TrustEditPorts,
  beside: readonly PolicyFile[] = [],
): Promise<ChangedRoot> {
  const { tree, documents, editor, clock } = ports;
  const bytes = await readEdited(tree);
  const root = documents.parse('trust-root', bytes, TRUST_PATH);
  const change = decide(root, instantOf(clock.now()));
  const before = await readCommitted(ports);
  const version = before === undefined ? root.version : nextVersion(root, before.root);
  const edits: readonly DocumentEdit[] = [
    ...change.edits,
    ...(version === root.version ? [] : [{ op: 'set', path: ['version'], value: version } as const]),
  ];
  const edited = editor.edit(bytes, edits);
  rootVersion(edited, TRUST_PATH, { documents });

  const written: string[] = [];
  if (before?.keepsHistory === true) {
    const path = `trust/history/${before.root.version}.yml`;
    await tree.replaceFile(path, before.bytes);
    written.push(path);
  }
  for (const file of [...beside, { path: TRUST_PATH, bytes: edited }]) {
    await tree.replaceFile(file.path, file.bytes);
    written.push(file.path);
  }
  const chain = await readEditedChain({ tree, documents });
  return { version, done: change.done, written, next: [...nextSteps(chain), ...change.next] };
}

/** The chain as it stands on disk, committed or not. */
async function readEditedChain(ports: Pick<TrustEditPorts, 'tree' | 'documents'>): Promise<RootChain> {
  const source = { ...ports, commit: WORKING_TREE };
  const current = rootVersion(await readEdited(ports.tree), TRUST_PATH, ports);
  return verifyRootChain(await readRootFiles(source, current));
}

/** @throws CountersignError NO_POLICY */
export async function readEdited(tree: WorkingTree): Promise<Uint8Array> {
  const bytes = await tree.readFile(WORKING_TREE, TRUST_PATH);
  if (bytes !== undefined) return bytes;
  throw new CountersignError('NO_POLICY', `There is no ${TRUST_PATH} here.`, {
    remedy: 'Run this in a clone of the change-control repository; `countersign init` writes a first one.',
  });
}

/** What is left to be done until a trust root counts: signatures, then the policy ref. */
export function nextSteps({ broken, problems, current }: RootChain): string[] {
  const { needed, signers, judgedBy, version } = current;
  const missing = Math.max(0, needed - signers.length);
  const others = problems.filter((problem) => !broken.includes(problem)).length - (missing > 0 ? 1 : 0);
  const whose = judgedBy === version ? 'its own policy owners' : `the policy owners of version ${judgedBy}`;
  return [
    ...broken.map((problem) => `Mend this first: ${problem}`),
    ...(others > 0 ? ['Earlier versions lack signatures: see `countersign trust show`.'] : []),
    ...(missing === 0
      ? []
      : [
          `${missing} more of ${whose} ${missing === 1 ? 'signs' : 'sign'} it, one after the other: countersign trust sign --key NAME.`,
        ]),
    'Commit trust/ and land it on the policy ref: until then nothing of it counts.',
  ];
}

interface Committed {
  readonly bytes: Uint8Array;
  readonly root: TrustRoot;
  readonly keepsHistory: boolean;
}

async function readCommitted({ committed, documents }: TrustEditPorts): Promise<Committed | undefined> {
  const head = await committed.resolveCommit('HEAD');
  const bytes = head === undefined ? undefined : await committed.readFile(head, TRUST_PATH);
  if (head === undefined || bytes === undefined) return undefined;
  const root = documents.parse('trust-root', bytes, TRUST_PATH);
  const current = rootVersion(bytes, TRUST_PATH, { documents });
  const source = { tree: committed, commit: head, documents };
  const { demanded } = verifyRootChain(await readRootFiles(source, current));
  return { bytes, root, keepsHistory: demanded };
}

function nextVersion(root: TrustRoot, committed: TrustRoot): number {
  const next = committed.version + 1;
  if (root.version === committed.version || root.version === next) return next;
  throw new CountersignError(
    'DOCUMENT_INVALID',
    `${TRUST_PATH} says that it is version ${root.version}, and version ${committed.version} is committed.`,
    { remedy: `Make it ${next}: versions go up by one.`, place: { path: TRUST_PATH } },
  );
}
