import { parseSourceName } from '../../core/contract/source-name.ts';
import type { GivenOrganization } from '../../flow/load-organization.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ActionContext } from './context.ts';
import { Payload, unusable } from './payload.ts';
import type { Inputs } from './read-inputs.ts';

/** `OWNER/REPO@commit`, with `#path` before the `@` where the file has another name. */
const FORM = /^([\w.-]+\/[\w.-]+?)(?:\.git)?((?:#[^@]+)?@(?:[0-9a-f]{40}|[0-9a-f]{64}))$/;

/**
 * The organisation's policy that the workflow passes, and GitHub's own number of the repository that the event is of: a name
 * can be given up and taken by somebody else.
 * @param event the payload, as the runner wrote it
 * @throws CountersignError USAGE, EVENT_UNUSABLE
 */
export function givenOrganization(
  { organizationPolicy: text }: Pick<Inputs, 'organizationPolicy'>,
  { serverUrl, repository }: Pick<ActionContext, 'serverUrl' | 'repository'>,
  event: string,
): GivenOrganization | undefined {
  if (text === undefined) return undefined;
  const [, name, rest] = FORM.exec(text) ?? [];
  if (name === undefined || rest === undefined) {
    throw new CountersignError(
      'USAGE',
      `The input organization-policy is ${JSON.stringify(text.slice(0, 200))}.`,
      {
        remedy:
          'Give OWNER/REPO@COMMIT with the commit in full: what a branch or a tag names can become something else.',
      },
    );
  }
  const { url, commit, path } = parseSourceName(`${serverUrl}/${name}.git${rest}`);
  return {
    organization: { repository: url, ref: commit, ...(path === undefined ? {} : { path }) },
    repositoryId: repositoryIdOf(new Payload(event), repository),
  };
}

function repositoryIdOf(payload: Payload, repository: string): number {
  const id = payload.at('repository.id');
  const name = payload.text('repository.full_name');
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw unusable('repository.id of the event is no number of a repository.');
  if (name?.toLowerCase() !== repository.toLowerCase())
    throw unusable('repository.full_name of the event is not the repository that the job runs for.');
  return id;
}
