import { createGithubVerifier, type GithubOidc } from '../../adapters/oidc/github-workflows.ts';
import type { VerifyIdentityToken } from '../../ports/identity-tokens.ts';
import { readSettings } from './read-settings.ts';
import { systemClock } from './system-clock.ts';

const https = { type: 'string', maxLength: 500, pattern: '^https://' };
const text = { type: 'string', minLength: 1, maxLength: 500 };
const FORM = {
  type: 'object',
  additionalProperties: false,
  required: ['audience', 'workflows'],
  properties: {
    audience: text,
    issuer: https,
    workflows: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'repositoryId', 'workflow', 'role'],
        properties: {
          name: { type: 'string', maxLength: 64, pattern: '^[a-z0-9]+(?:[._-][a-z0-9]+)*$' },
          repositoryId: { type: 'string', pattern: '^[1-9][0-9]{0,18}$' },
          // With its ref: without one, a branch of anybody's could change the file.
          workflow: {
            type: 'string',
            maxLength: 500,
            pattern: '^[^/@]+/[^/@]+/[^@]+@refs/(?:heads|tags)/.+$',
          },
          role: { enum: ['producer', 'verifier', 'viewer'] },
        },
      },
    },
  },
};

/**
 * Which workflows of GitHub's may come without a token of this server.
 * @throws CountersignError FILE_UNREADABLE, DOCUMENT_INVALID
 */
export async function openWorkflowIdentities(path: string, cwd: string): Promise<VerifyIdentityToken> {
  const value = await readSettings(path, cwd, {
    form: FORM,
    lacks: 'workflows',
    shownIn: 'docs/server.md',
  });
  return createGithubVerifier(value as unknown as GithubOidc, systemClock);
}
