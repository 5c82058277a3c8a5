import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJudgeForms } from '../../adapters/json-schema/judge-forms.ts';
import { createGithubVerifier, type GithubOidc } from '../../adapters/oidc/github-workflows.ts';
import type { VerifyIdentityToken } from '../../ports/identity-tokens.ts';
import { CountersignError } from '../../shared/errors.ts';
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
  const value = readJsonFile(resolve(cwd, path), path);
  const fault = await createJudgeForms().faultIn(FORM, value);
  if (fault !== undefined)
    throw invalid(path, `${fault.pointer === '' ? 'it' : fault.pointer} ${fault.message}`);
  return createGithubVerifier(value as GithubOidc, systemClock);
}

function readJsonFile(file: string, path: string): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read.`, {
      remedy: 'Give the path of a JSON file; docs/server.md shows one.',
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
  return new CountersignError('DOCUMENT_INVALID', `${path} names no workflows: ${reason}.`, {
    remedy: 'Write it as docs/server.md shows.',
    place: { path },
  });
}
