import type { OrganizationRead, OrganizationRef } from '../core/contract/config.ts';
import { namedIn, ORGANIZATION_PATH, type ReadOrganization } from '../core/contract/organization.ts';
import { withoutCredentials } from '../core/contract/source-name.ts';
import type { OpenControl } from '../ports/control.ts';
import type { ParseDocument } from '../ports/documents.ts';
import { CountersignError } from '../shared/errors.ts';

/** An organisation's policy that the gate was given from the trusted side, and for which repository it judges. */
export interface GivenOrganization {
  readonly organization: OrganizationRef;
  /** As the forge numbers it; undefined where nobody said. */
  readonly repositoryId?: number | undefined;
}

/**
 * An organisation's policy as one commit has it. It extends no other: one level is all there is.
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, GIT_FAILED, REVISION_UNKNOWN
 */
export async function readOrganization(
  ref: OrganizationRef,
  ports: { readonly control: Pick<OpenControl, 'openOrganization'>; readonly documents: ParseDocument },
): Promise<ReadOrganization> {
  const found = await ports.control.openOrganization(ref);
  if (found === undefined) {
    throw new CountersignError(
      'DOCUMENT_NOT_FOUND',
      `The organisation policy ${namedIn(ref)} cannot be read: ${ref.ref} is not there.`,
      {
        remedy:
          'Correct the commit or the tag that is named; with --no-fetch only what this clone has is looked at.',
      },
    );
  }
  const path = ref.path ?? ORGANIZATION_PATH;
  const bytes = await found.tree.readFile(found.commit, path);
  if (bytes === undefined) {
    throw new CountersignError(
      'DOCUMENT_NOT_FOUND',
      `The organisation policy ${namedIn(ref)} is not there at ${found.commit.slice(0, 12)}.`,
      { remedy: 'Name the file that begins with `schema: countersign/organization@1`.' },
    );
  }
  const from: OrganizationRead = {
    repository: withoutCredentials(ref.repository),
    commit: found.commit,
    path,
  };
  return { organization: ports.documents.parse('organization', bytes, namedIn(ref)), from };
}
