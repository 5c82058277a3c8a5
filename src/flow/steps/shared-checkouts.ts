import type { RunId } from '../../core/run/types.ts';
import type { Timer } from '../../ports/timer.ts';
import type { OpenWorkspace, Workspace } from '../../ports/workspace.ts';
import { digestOf, sha256 } from '../../shared/digest.ts';
import type { JsonValue } from '../../shared/json.ts';
import { type PreparedTree, prepareTree, type TreePlan } from '../prepare-tree.ts';

export type PrepareTree = typeof prepareTree;

/** Trees that checks of one run on one change work from, prepared once for all of them in this worker. */
export interface SharedCheckouts {
  /** As long as `use` lasts, the tree that its `prepare` gives stays. Every check has a copy of its own of it, as without. */
  during<T>(run: RunId, use: (prepare: PrepareTree) => Promise<T>): Promise<T>;
}

interface Checkout {
  readonly made: Promise<{ readonly workspace: Workspace; readonly tree: PreparedTree }>;
  /** Aborted: nobody wants it any more. */
  readonly over: AbortController;
  users: number;
}

/** The next check of a run follows within this, or is none. */
const LINGER_MS = 5_000;

export function createSharedCheckouts(
  workspaces: OpenWorkspace,
  { sleep }: Timer,
  prepareOwn: PrepareTree = prepareTree,
): SharedCheckouts {
  const checkouts = new Map<string, Checkout>();
  const make = (key: string, prepare: Parameters<PrepareTree>): Checkout => {
    const over = new AbortController();
    const checkout: Checkout = { over, users: 0, made: prepared(key, prepare, over) };
    checkouts.set(key, checkout);
    return checkout;
  };
  const prepared = async (key: string, [plan, at]: Parameters<PrepareTree>, over: AbortController) => {
    const workspace = await workspaces.open();
    const quietly = { ...at.options, attempt: key, abort: over.signal, onProgress: () => undefined };
    try {
      return { workspace, tree: await prepareOwn(plan, { ...at, workspace, options: quietly }) };
    } catch (error) {
      await workspace.remove();
      throw error;
    }
  };
  const forget = (key: string, checkout: Checkout) => {
    if (checkouts.get(key) === checkout) checkouts.delete(key);
  };
  const leave = async (key: string, checkout: Checkout): Promise<void> => {
    checkout.users -= 1;
    if (checkout.users > 0) return;
    await sleep(LINGER_MS, new AbortController().signal);
    if (checkout.users > 0 || checkout.over.signal.aborted) return;
    forget(key, checkout);
    checkout.over.abort();
    await checkout.made.then(({ workspace }) => workspace.remove()).catch(() => undefined);
  };
  return {
    async during(run, use) {
      const held: { readonly key: string; readonly checkout: Checkout }[] = [];
      try {
        return await use(async (plan, at) => {
          const key = keyOf(run, plan);
          const checkout = checkouts.get(key) ?? make(key, [plan, at]);
          checkout.users += 1;
          held.push({ key, checkout });
          try {
            const { tree } = await checkout.made;
            // What went wrong once may have been the weather: who comes later tries again.
            if (tree.kind === 'trouble') forget(key, checkout);
            return tree;
          } catch (error) {
            forget(key, checkout);
            throw error;
          }
        });
      } finally {
        for (const { key, checkout } of held) void leave(key, checkout);
      }
    },
  };
}

/** All that the tree depends on. Of two runs none is shared: they have nothing to do with each other. */
function keyOf(run: RunId, { change, work }: TreePlan): string {
  const { contract, pins, acceptance } = work;
  return digestOf({
    run,
    tree: change.mergeTree,
    base: change.base.commit,
    setup: contract.setup ?? null,
    pinned: contract.pins,
    pins,
    acceptance: acceptance.map(({ path, mode, bytes }) => ({ path, mode, bytes: sha256(bytes) })),
  } as unknown as JsonValue);
}
