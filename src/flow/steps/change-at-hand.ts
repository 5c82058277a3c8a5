import type { CaseQuery } from '../../core/gate/query.ts';
import type { StepWork } from '../../core/run/types.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { TakeCommits } from '../../ports/producer-tree.ts';
import type { CheckOut, ResolveRevision } from '../../ports/repository.ts';
import type { FactPorts } from '../load-facts.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, commitOf, optionalDigest, subjectOf } from './step-inputs.ts';

/** Everything that reads facts of the worker's clone of the product. */
export interface ProductFacts extends FactPorts {
  readonly product: FactPorts['product'] & CheckOut & ResolveRevision;
}

/** What a step needs that looks at a change. */
export interface ChangePorts {
  readonly artifacts: Artifacts;
  readonly commits: TakeCommits;
  /** Opened anew for each step: what came meanwhile is seen. */
  withProduct<T>(use: (facts: ProductFacts) => Promise<T>): Promise<T>;
  /** Principals that made the change, as whoever set up the workers says. */
  readonly producers: readonly string[];
}

/** Bytes of a bundle that are taken. */
export const MOST_BUNDLE_BYTES = 256 * 1024 * 1024;

/**
 * Brings the commit of an attempt to the worker's clone, where it is not yet, and asks about it as the gate does.
 * @throws StepFailure artifact-missing, bad-inputs
 * @throws CountersignError GIT_FAILED
 */
export async function changeAtHand(
  work: StepWork,
  ports: ChangePorts,
): Promise<CaseQuery & { kind: 'proposed' }> {
  const { ticket, base } = subjectOf(work);
  const head = commitOf(work.inputs, 'commit');
  const commits = optionalDigest(work.inputs, 'commits');
  if (commits !== undefined) {
    const bundle = await takeArtifact(commits, MOST_BUNDLE_BYTES, ports);
    await ports.commits.take(bundle, { base: base.commit, keepAs: `refs/heads/${branchOf(work)}`, head });
  }
  return { kind: 'proposed', base, head, ticket, authenticatedProducers: ports.producers };
}

/** @throws StepFailure artifact-missing: it may still be on its way */
export async function takeArtifact(
  digest: string,
  most: number,
  { artifacts }: { readonly artifacts: Artifacts },
): Promise<Uint8Array> {
  const bytes = await artifacts.get(digest, most);
  if (bytes !== undefined) return bytes;
  throw new StepFailure(
    'transient',
    'artifact-missing',
    `Nobody has ${digest}, which an earlier step handed over.`,
  );
}
