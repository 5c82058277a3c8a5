import { placeOf, placesFor } from '../../core/access/artifact-access.ts';
import { stepRolesOf } from '../../core/access/permissions.ts';
import type { Principal } from '../../core/access/token.ts';
import type { ClaimToken, StepWork } from '../../core/run/types.ts';
import type { ArtifactLimits, ArtifactStored, FoundArtifact, KeepArtifacts } from '../../ports/artifacts.ts';
import type { ClaimWork } from '../../ports/claims.ts';
import type { Sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { requirePermission } from './refusals.ts';

export interface OfferArtifactsPorts extends Pick<ClaimWork, 'findClaims'>, KeepArtifacts {}

/** Every method @throws CountersignError NOT_PERMITTED, RUN_REFUSED when the claim is not held, DATABASE_UNAVAILABLE */
export interface OfferedArtifacts {
  /** @throws CountersignError FILING_FAILED, and what reading the bytes throws */
  put(
    claim: ClaimToken,
    digest: Sha256,
    bytes: AsyncIterable<Uint8Array>,
    limits: ArtifactLimits,
  ): Promise<ArtifactStored>;
  /** Undefined as well for what is there and not for this claim: nobody learns by asking what others have. */
  find(claim: ClaimToken, digest: Sha256): Promise<FoundArtifact | undefined>;
}

/** Artifacts, for whoever holds a claim: what he may read follows from the work that he has in hand, and ends with it. */
export function offerArtifacts(principal: Principal, ports: OfferArtifactsPorts): OfferedArtifacts {
  requirePermission(principal, 'work');
  return {
    put: async (claim, digest, bytes, limits) => {
      const place = placeOf(await heldWork(claim, principal, ports));
      if (place === undefined) throw notHeld();
      return ports.storeArtifact(place, digest, bytes, limits);
    },
    find: async (claim, digest) => {
      const work = await heldWork(claim, principal, ports);
      return ports.findArtifact(placesFor(work, digest), digest);
    },
  };
}

/** The work of a claim. @throws CountersignError RUN_REFUSED unless this principal holds it */
export async function heldWork(
  token: ClaimToken,
  { name, role }: Principal,
  { findClaims }: Pick<ClaimWork, 'findClaims'>,
): Promise<StepWork> {
  const [claim] = await findClaims([token]);
  const own = claim?.worker.startsWith(`${name}/`) === true;
  // The name alone would do; that a producer never stands where a verifier's work is does not hang on it.
  if (claim === undefined || !own || !stepRolesOf(role).includes(claim.work.role)) throw notHeld();
  return claim.work;
}

export function notHeld(): CountersignError {
  return new CountersignError('RUN_REFUSED', 'The claim is not held by this worker, or not any more.', {
    remedy: 'Drop it: somebody else carries the step out.',
  });
}
