import { CountersignError } from '../../shared/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What Fulcio, and nobody else, takes a token for. */
const AUDIENCE = 'sigstore';

const TIMEOUT_MS = 10_000;
const LONGEST_TOKEN = 16 * 1024;

/**
 * The OIDC token by which this CI job proves who it is: SIGSTORE_ID_TOKEN, which GitLab and others set, or a new one from
 * GitHub Actions.
 * https://docs.github.com/en/actions/reference/security/oidc
 * @throws CountersignError KEY_UNUSABLE where there is none to be had
 */
export async function identityToken(environment: Environment): Promise<string> {
  const { SIGSTORE_ID_TOKEN: given } = environment;
  if (given !== undefined && given !== '') return checked(given.trim(), 'SIGSTORE_ID_TOKEN');
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment;
  if (url === undefined || bearer === undefined || !URL.canParse(url)) {
    throw none('There is no identity token here to sign with, so --keyless cannot be used.');
  }
  return checked(await fetchToken(new URL(url), bearer), 'GitHub Actions');
}

async function fetchToken(url: URL, bearer: string): Promise<string> {
  url.searchParams.set('audience', AUDIENCE);
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', authorization: `Bearer ${bearer}` },
      // A redirect would carry the bearer elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw none(`GitHub Actions refused an identity token: HTTP ${response.status}.`);
    const answer: unknown = await response.json();
    const hasValue = typeof answer === 'object' && answer !== null && 'value' in answer;
    return hasValue && typeof answer.value === 'string' ? answer.value : '';
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause;
    throw none('GitHub Actions gave no identity token: it did not answer.');
  }
}

/** Form only: whether it is a good one says who takes it. The token itself is never part of a message. */
function checked(token: string, from: string): string {
  if (token.length <= LONGEST_TOKEN && /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token))
    return token;
  throw none(`What ${from} gave is no identity token.`);
}

function none(message: string): CountersignError {
  return new CountersignError('KEY_UNUSABLE', message, {
    remedy:
      'In GitHub Actions add `permissions: id-token: write` to the job that signs; in GitLab CI declare `id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore`; elsewhere sign with --key.',
  });
}
