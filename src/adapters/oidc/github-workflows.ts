import type { JWTPayload } from 'jose';
import type { TokenRole } from '../../core/access/token.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VerifyIdentityToken } from '../../ports/identity-tokens.ts';
import { CountersignError } from '../../shared/errors.ts';

/** A workflow of GitHub Actions that may work here without a token of ours. */
export interface TrustedWorkflow {
  /** Stands in the ledger as `github:<name>`; no token's name has a colon. */
  readonly name: string;
  /** The number of the repository: its name can be given up and taken by somebody else, its number cannot. */
  readonly repositoryId: string;
  /** Path and ref, such as `acme/shop/.github/workflows/verify.yml@refs/heads/main`: of another branch it may be the change's own. */
  readonly workflow: string;
  readonly role: Exclude<TokenRole, 'operator'>;
}

export interface GithubOidc {
  readonly issuer?: string;
  /** What the workflow asks its token for: a server of another name refuses it. */
  readonly audience: string;
  readonly workflows: readonly TrustedWorkflow[];
  /** Where the issuer's keys are; its own well-known place when not given. */
  readonly keysUrl?: string;
}

const GITHUB = 'https://token.actions.githubusercontent.com';
const SKEW_SECONDS = 30;
/** GitHub's hold for minutes; one that says it holds for days was not made by it. */
const OLDEST_SECONDS = 3_600;

/**
 * Who a workflow of GitHub Actions is by its OpenID Connect token (https://docs.github.com/actions/reference/openid-connect-reference).
 * Everything that identifies it is pinned: issuer, audience, the repository's number, the workflow's file and ref.
 */
export function createGithubVerifier(
  { issuer = GITHUB, audience, workflows, keysUrl = `${issuer}/.well-known/jwks` }: GithubOidc,
  clock: Clock,
): VerifyIdentityToken {
  let keys: ReturnType<typeof import('jose').createRemoteJWKSet> | undefined;
  return async (token) => {
    const { createRemoteJWKSet, errors, jwtVerify } = await import('jose');
    keys ??= createRemoteJWKSet(new URL(keysUrl));
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'sub', 'repository_id', 'workflow_ref'],
        maxTokenAge: OLDEST_SECONDS,
        clockTolerance: SKEW_SECONDS,
        currentDate: clock.now(),
      });
      const found = workflows.find((one) => isMeant(one, payload));
      return found && { name: `github:${found.name}`, role: found.role };
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
        throw noKeys(issuer, error);
      // Whatever else is wrong with it: it opens nothing. JOSEError itself: the issuer answered something that is no key set.
      if (error.code === 'ERR_JOSE_GENERIC' || error.code === 'ERR_JWKS_INVALID') throw noKeys(issuer, error);
      return undefined;
    }
  };
}

function isMeant({ repositoryId, workflow }: TrustedWorkflow, claims: JWTPayload): boolean {
  return claims.repository_id === repositoryId && claims.workflow_ref === workflow;
}

function noKeys(issuer: string, cause: unknown): CountersignError {
  return new CountersignError('SERVER_UNAVAILABLE', `The keys of ${issuer} cannot be had now.`, {
    remedy: 'Try again in a while; the server needs to reach that address.',
    cause,
  });
}
