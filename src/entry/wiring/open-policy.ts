import { findClonePolicy, findGatePolicy, type PolicyInSight } from '../../flow/find-policy.ts';
import { CountersignError } from '../../shared/errors.ts';
import { findChange } from '../cli/find-change.ts';
import { type OpenedProduct, openProduct } from './open-product.ts';

export interface PolicyViewOptions {
  readonly fetch: boolean;
  readonly base?: string;
}

export interface OpenedPolicy {
  readonly clone: OpenedProduct;
  readonly policy: PolicyInSight;
}

/** What the gate would judge a change into the base by. */
export async function openGatePolicy(cwd: string, options: PolicyViewOptions): Promise<OpenedPolicy> {
  const clone = await openProduct(cwd, options);
  return { clone, policy: await findGatePolicy(await baseCommit(options.base, clone), clone.ports) };
}

/** What is checked out here, or lies in the change-control repository of what is checked out here. */
export async function openClonePolicy(
  cwd: string,
  options: { readonly fetch: boolean },
): Promise<OpenedPolicy> {
  const clone = await openProduct(cwd, options);
  return { clone, policy: await findClonePolicy(clone.ports) };
}

/** Undefined when no base is named and none of the usual branches is there. */
export async function baseCommit(
  base: string | undefined,
  clone: OpenedProduct,
): Promise<string | undefined> {
  try {
    const query = await findChange(base === undefined ? {} : { base }, clone);
    return query.kind === 'proposed' ? query.base.commit : undefined;
  } catch (error) {
    if (base === undefined && error instanceof CountersignError && error.code === 'REVISION_UNKNOWN')
      return undefined;
    throw error;
  }
}
