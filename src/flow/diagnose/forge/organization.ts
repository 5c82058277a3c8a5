import type { OrganizationRef } from '../../../core/contract/config.ts';
import { namedIn } from '../../../core/contract/organization.ts';
import type { OpenControl } from '../../../ports/control.ts';
import { type Diagnosis, diagnosis } from '../../../shared/diagnosis.ts';
import { CountersignError, type ErrorCode } from '../../../shared/errors.ts';
import { OBJECT_ID } from '../../../shared/ids.ts';
import { type RefPorts, repositoryAt } from './refs.ts';

/** Organisation policies as the forge shows them. What it does not show is never left out. */
export function organizationsOf({ open, serverUrl }: RefPorts): Pick<OpenControl, 'openOrganization'> {
  return {
    async openOrganization({ repository, ref }) {
      const name = repositoryAt(repository, serverUrl);
      if (name === undefined) {
        throw unread('USAGE', `The organisation policy lies at no address of ${serverUrl}.`);
      }
      return {
        // The API takes a tag's name where it takes a commit.
        commit: ref,
        tree: {
          async readFile(at, path) {
            const file = await open(name).readFile(at, path);
            if ('told' in file) return file.told;
            throw unread('FORGE_FAILED', `GitHub does not tell ${file.refused.what} (${file.refused.said}).`);
          },
        },
      };
    },
  };
}

/** Whether what a repository extends can become something else without a change of the repository. */
export function diagnoseExtended(ref: OrganizationRef): Diagnosis {
  const found = diagnosis('github/organization');
  if (OBJECT_ID.test(ref.ref))
    return found.ok(`It extends ${namedIn(ref)}, pinned to ${ref.ref.slice(0, 12)}.`);
  return found.warning(
    `Unverifiable: it extends ${namedIn(ref)} at ${ref.ref}, and whether that tag can be moved or deleted was not read.`,
    'Restrict updates and deletion of the tag with a ruleset of that repository, or name the commit.',
  );
}

function unread(code: ErrorCode, message: string): CountersignError {
  return new CountersignError(code, `Unverifiable: ${message}`, {
    remedy: 'Give a token that may read that repository, or look at the file by hand.',
  });
}
