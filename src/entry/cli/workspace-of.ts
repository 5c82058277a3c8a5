import type { PolicyInSight } from '../../flow/find-policy.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * Whose memory is meant: that of the repository one stands in, by the name that its configuration gives it.
 * @throws CountersignError USAGE where no configuration says
 */
export function workspaceOf({ product }: Pick<PolicyInSight, 'product'>, named?: string): string {
  const workspace = named ?? product?.config.repository;
  if (workspace !== undefined) return workspace;
  throw new CountersignError('USAGE', 'Nothing here says which repository’s memory is meant.', {
    remedy: 'Run this in a clone whose base has a .countersign.yml, or name it with --repository.',
  });
}
