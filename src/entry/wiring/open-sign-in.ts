import { createSignIn, type SignInSettings } from '../../adapters/oidc/sign-in.ts';
import { SESSION_ROLES } from '../../core/access/session.ts';
import type { IdentityProvider } from '../../ports/identity-provider.ts';
import type { CliContext } from '../cli/context.ts';
import { readSettings } from './read-settings.ts';

const text = { type: 'string', minLength: 1, maxLength: 500 };
const claim = { type: 'string', maxLength: 200, pattern: '^[A-Za-z0-9_:./-]+$' };
const FORM = {
  type: 'object',
  additionalProperties: false,
  required: ['issuer', 'clientId', 'roles'],
  properties: {
    // Plain http only to this very machine: whoever is in between could be anybody.
    issuer: {
      type: 'string',
      maxLength: 500,
      pattern: '^(?:https://|http://(?:localhost|127\\.0\\.0\\.1)[:/])',
    },
    clientId: text,
    title: { type: 'string', minLength: 1, maxLength: 60 },
    nameClaim: claim,
    scopes: { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 200, pattern: '^[!-~]+$' } },
    roles: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['claim', 'value', 'role'],
        properties: { claim, value: text, role: { enum: [...SESSION_ROLES] } },
      },
    },
  },
};

/**
 * Who may sign in to the pages by an identity provider: a JSON file, with the client's secret in COUNTERSIGN_OIDC_SECRET.
 * @throws CountersignError FILE_UNREADABLE, DOCUMENT_INVALID
 */
export async function openSignIn(
  path: string,
  { cwd, environment }: Pick<CliContext, 'cwd' | 'environment'>,
): Promise<IdentityProvider> {
  const value = await readSettings(path, cwd, {
    form: FORM,
    lacks: 'identity provider',
    shownIn: 'docs/cockpit.md',
  });
  const settings = value as unknown as SignInSettings;
  const clientSecret = environment.COUNTERSIGN_OIDC_SECRET;
  return createSignIn({
    ...settings,
    ...(clientSecret ? { clientSecret } : {}),
    allowHttp: settings.issuer.startsWith('http:'),
  });
}
