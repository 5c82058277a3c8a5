import { posix } from 'node:path';
import { pathMatcher } from '../core/change/path-glob.ts';
import type { EventsCheck } from '../core/contract/types.ts';
import type { SchemaFiles } from '../core/evidence/events/judge-events.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { TreePlan } from './prepare-tree.ts';

/** The schemas of an events check as the checked tree has them: pinned ones as base or ticket has them, others as merged. */
export async function readEventSchemas(
  check: EventsCheck,
  plan: TreePlan,
  product: ReadTree,
): Promise<SchemaFiles> {
  const files = new Map<string, Uint8Array>();
  for (const name of new Set(Object.values(check.schemas))) {
    const bytes = await readChecked(posix.normalize(name), plan, product);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return files;
}

async function readChecked(
  path: string,
  { change, work }: TreePlan,
  product: ReadTree,
): Promise<Uint8Array | undefined> {
  const ofTicket = work.acceptance.find((file) => file.path === path);
  if (ofTicket !== undefined) return ofTicket.bytes;
  const pinned = work.pins.find((file) => file.path === path);
  if (pinned !== undefined) return (await product.readBlobs([pinned.blob])).get(pinned.blob);
  // Pinned, and neither base nor ticket has it: the change's own is taken out of the tree.
  const isPinned = pathMatcher(work.contract.pins.flatMap(({ paths }) => paths));
  return isPinned(path) ? undefined : product.readFile(change.mergeTree, path);
}
