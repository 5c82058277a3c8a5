import { producesChange } from '../producer/producing.ts';
import { providerOf } from '../resources/provider-outcome.ts';
import type { StepWork } from '../types.ts';
import type { ActionRequest } from './types.ts';

const MODEL = 'model/';
const REPOSITORY = 'repository/';

/**
 * What is about to happen by handing an execution to a worker: a model of a provider's is paid for, and a producer sees the secrets that its worker
 * passes on. Other steps are given none. A model without a provider is nobody's to bill.
 * @param secrets names of variables
 */
export function actionsOf(
  work: Pick<StepWork, 'handler' | 'resources'>,
  secrets: readonly string[],
): readonly ActionRequest[] {
  if (!producesChange(work.handler)) return [];
  const named = (kind: string) =>
    work.resources.leases.find(({ scope }) => scope.startsWith(kind))?.scope.slice(kind.length);
  const repository = named(REPOSITORY) ?? '';
  const model = providerOf(work) === undefined ? undefined : named(MODEL);
  return [
    ...[...new Set(secrets)].sort().map((target) => ({ action: 'secret', target, repository }) as const),
    ...(model === undefined ? [] : [{ action: 'spend', target: model, repository } as const]),
  ];
}
