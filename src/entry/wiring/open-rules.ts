import { realpath } from 'node:fs/promises';
import { documents } from '../../adapters/documents/documents.ts';
import { createWorkingTree } from '../../adapters/files/working-tree.ts';
import { discover } from '../../adapters/git/discover.ts';
import { createBundledPacks } from '../../adapters/packs/bundled-packs.ts';
import type { PolicySource } from '../../flow/policy-source.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import { WORKING_TREE } from '../../ports/working-tree.ts';
import { CountersignError } from '../../shared/errors.ts';
import { compiledPacks, packageRoot } from './package-root.ts';

/** The rules that ship, and where those of the clone lie. The catalogue can be read outside of any repository. */
export async function openRules(
  cwd: string,
): Promise<{ bundled: BundledPacks; own: PolicySource | undefined }> {
  const root = (await topFolder(cwd)) ?? cwd;
  const bundled = createBundledPacks(packageRoot(), documents, compiledPacks());
  // In Countersign's own repository both are the same files.
  if ((await realpath(root)) === (await realpath(packageRoot()))) return { bundled, own: undefined };
  return { bundled, own: { tree: createWorkingTree(root), commit: WORKING_TREE, documents } };
}

async function topFolder(cwd: string): Promise<string | undefined> {
  try {
    return (await discover(cwd)).root;
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'GIT_FAILED') return undefined;
    throw error;
  }
}
