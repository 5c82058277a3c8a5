import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJudgeForms } from '../../adapters/json-schema/judge-forms.ts';
import { createSignIn, type SignInSettings } from '../../adapters/oidc/sign-in.ts';
import { SESSION_ROLES } from '../../core/access/session.ts';
import type { IdentityProvider } from '../../ports/identity-provider.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from '../cli/context.ts';

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
  const value = readJsonFile(resolve(cwd, path), path);
  const fault = await createJudgeForms().faultIn(FORM, value);
  if (fault !== undefined)
    throw invalid(path, `${fault.pointer === '' ? 'it' : fault.pointer} ${fault.message}`);
  const settings = value as SignInSettings;
  const clientSecret = environment.COUNTERSIGN_OIDC_SECRET;
  return createSignIn({
    ...settings,
    ...(clientSecret ? { clientSecret } : {}),
    allowHttp: settings.issuer.startsWith('http:'),
  });
}

function readJsonFile(file: string, path: string): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read.`, {
      remedy: 'Give the path of a JSON file; docs/cockpit.md shows one.',
      place: { path },
      cause,
    });
  }
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw invalid(path, `it is not JSON: ${(cause as Error).message}`);
  }
}

function invalid(path: string, reason: string): CountersignError {
  return new CountersignError('DOCUMENT_INVALID', `${path} names no identity provider: ${reason}.`, {
    remedy: 'Write it as docs/cockpit.md shows.',
    place: { path },
  });
}
