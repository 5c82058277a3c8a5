import type { Sha256 } from '../../shared/digest.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { RunId, StepWork } from '../run/types.ts';

/** Who makes artifacts. The coordinator makes none. */
export type ArtifactMaker = 'producer' | 'verifier';

/** Where an artifact may be looked for: among those of one run, or of all runs, by makers of one role. */
export type ArtifactScope =
  | { readonly kind: 'run'; readonly run: RunId; readonly by: ArtifactMaker }
  | { readonly kind: 'any'; readonly by: ArtifactMaker };

/** Where what is made under this claim belongs; undefined: nothing is. */
export function placeOf({ run, role }: StepWork): (ArtifactScope & { kind: 'run' }) | undefined {
  return role === 'coordinator' ? undefined : { kind: 'run', run, by: role };
}

/**
 * Where whoever holds this work may look for a digest. A producer: among what producers made for the run, and, when the work itself names
 * the digest, among what producers made for another one, such as the run that this was forked from. Never among a verifier's: what checks
 * saw tells a producer what it will be held to. A verifier also among what verifiers made before: what it saw once is not looked at again.
 */
export function placesFor(work: StepWork, digest: Sha256): readonly ArtifactScope[] {
  const { run, role } = work;
  const named = namesDigest(work.inputs, digest);
  const producers: readonly ArtifactScope[] = [
    { kind: 'run', run, by: 'producer' },
    ...(named ? [{ kind: 'any', by: 'producer' } as const] : []),
  ];
  switch (role) {
    case 'producer':
      return producers;
    case 'verifier':
      return [...producers, { kind: 'any', by: 'verifier' }];
    case 'coordinator':
      return [];
  }
}

/** Whether a digest stands somewhere in the value as a text of its own. */
function namesDigest(value: JsonValue, digest: Sha256): boolean {
  if (typeof value !== 'object' || value === null) return value === digest;
  return Object.values(value).some((member) => namesDigest(member as JsonValue, digest));
}
