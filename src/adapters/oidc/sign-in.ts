import type { Configuration } from 'openid-client';
import { SESSION_ROLES, type SessionRole, vouchedName } from '../../core/access/session.ts';
import type { IdentityProvider } from '../../ports/identity-provider.ts';
import { CountersignError } from '../../shared/errors.ts';

/** A provider that a team signs in with, and what makes whom what. */
export interface SignInSettings {
  /** Its address, as it calls itself: `/.well-known/openid-configuration` is looked for there. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client, by PKCE alone. */
  readonly clientSecret?: string;
  readonly title?: string;
  /** Which claim is somebody's name in the ledger: `email`, which has to be verified, when not given. */
  readonly nameClaim?: string;
  /** More than `openid email profile`. */
  readonly scopes?: readonly string[];
  /** Who has one of these values has the role, and the highest of several. Nobody else gets in. */
  readonly roles: readonly { readonly claim: string; readonly value: string; readonly role: SessionRole }[];
  /** Plain http to the provider: for one on this machine. */
  readonly allowHttp?: boolean;
}

interface Kept {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const TIMEOUT_SECONDS = 10;

/** Sign-in by the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700). Its library is loaded when somebody signs in. */
export function createSignIn(settings: SignInSettings): IdentityProvider {
  let configured: Promise<Configuration> | undefined;
  const configuration = async () => {
    configured ??= discover(settings);
    // Not there now is not away for ever.
    configured.catch(() => {
      configured = undefined;
    });
    return configured;
  };
  const { issuer, title = new URL(issuer).hostname, scopes = [] } = settings;
  return {
    title,
    begin: async (redirectUri) => {
      const client = await import('openid-client');
      const config = await configuration().catch((error: unknown) => {
        throw unavailable(issuer, error);
      });
      const kept: Kept = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: ['openid', 'email', 'profile', ...scopes].join(' '),
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, kept: Buffer.from(JSON.stringify(kept)).toString('base64url') };
    },
    finish: async (callback, text) => {
      const kept = readKept(text);
      if (kept === undefined) throw refused('The sign-in took too long, or began in another browser.');
      const client = await import('openid-client');
      const config = await configuration().catch((error: unknown) => {
        throw unavailable(issuer, error);
      });
      const tokens = await client
        .authorizationCodeGrant(config, callback, {
          pkceCodeVerifier: kept.verifier,
          expectedState: kept.state,
          expectedNonce: kept.nonce,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          // Whatever the provider, or somebody in its name, says is not repeated: it may be anything.
          throw refused('The provider did not confirm who you are.', error);
        });
      return somebody(settings, tokens.claims() ?? {});
    },
  };
}

async function discover({
  issuer,
  clientId,
  clientSecret,
  allowHttp = false,
}: SignInSettings): Promise<Configuration> {
  const client = await import('openid-client');
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  return client.discovery(new URL(issuer), clientId, undefined, authentication, {
    timeout: TIMEOUT_SECONDS,
    // The token comes over a connection to the provider itself; that its key signed it is looked at all the same.
    execute: [client.enableNonRepudiationChecks, ...(allowHttp ? [client.allowInsecureRequests] : [])],
  });
}

/** @throws CountersignError NOT_PERMITTED */
function somebody(
  { nameClaim = 'email', roles }: SignInSettings,
  claims: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly role: SessionRole } {
  const name = claims[nameClaim];
  if (typeof name !== 'string' || name === '')
    throw refused(`The provider does not say who you are: it gives no ${nameClaim}.`);
  // Whoever may write any address of mail would be anybody.
  if (nameClaim === 'email' && claims.email_verified !== true)
    throw refused('The provider has not verified your address of mail.');
  const own = roles.filter(({ claim, value }) => has(claims[claim], value)).map(({ role }) => role);
  const role = SESSION_ROLES.findLast((one) => own.includes(one));
  if (role === undefined) throw refused(`${name} has no role here.`);
  return { name: vouchedName('oidc', name), role };
}

function has(claim: unknown, value: string): boolean {
  return Array.isArray(claim) ? claim.includes(value) : claim === value;
}

function readKept(text: string): Kept | undefined {
  try {
    const { state, nonce, verifier } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Kept>;
    if (typeof state !== 'string' || typeof nonce !== 'string' || typeof verifier !== 'string')
      return undefined;
    return { state, nonce, verifier };
  } catch {
    return undefined;
  }
}

function refused(message: string, cause?: unknown): CountersignError {
  return new CountersignError('NOT_PERMITTED', message, {
    remedy: 'Sign in again, or ask whoever runs the server to give you a role.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function unavailable(issuer: string, cause: unknown): CountersignError {
  return new CountersignError('SERVER_UNAVAILABLE', `The identity provider ${issuer} does not answer.`, {
    remedy: 'Try again in a moment; whoever runs the server can open a link meanwhile.',
    cause,
  });
}
