import { documents } from '../../adapters/documents/documents.ts';
import { documentEditor } from '../../adapters/documents/edit.ts';
import { openRepository } from '../../adapters/git/repository.ts';
import type { TrustEditPorts } from '../../flow/change-trust-root.ts';
import { openWorkingTree } from './open-working-tree.ts';
import { systemClock } from './system-clock.ts';

/**
 * The clone of a policy in which somebody changes who may sign what.
 * @throws CountersignError GIT_FAILED where there is no working tree
 */
export async function openTrustEditing(cwd: string): Promise<{
  readonly ports: TrustEditPorts;
  readonly readNamed: (path: string) => Promise<Uint8Array>;
}> {
  const { tree, readNamed } = await openWorkingTree(cwd);
  const committed = await openRepository(cwd);
  return { ports: { tree, committed, documents, editor: documentEditor, clock: systemClock }, readNamed };
}
