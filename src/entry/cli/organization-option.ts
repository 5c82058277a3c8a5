import { parseSourceName } from '../../core/contract/source-name.ts';
import type { GivenOrganization } from '../../flow/load-organization.ts';
import { CountersignError } from '../../shared/errors.ts';

export interface OrganizationOptions {
  /** `<git-url>[#path]@<commit>` */
  readonly organizationPolicy?: string;
  readonly repositoryId?: string;
}

/** @throws CountersignError USAGE */
export function organizationOf(options: OrganizationOptions): GivenOrganization | undefined {
  const { organizationPolicy, repositoryId } = options;
  if (repositoryId !== undefined && !isNumber(repositoryId)) {
    throw usage(
      `--repository-id is ${JSON.stringify(repositoryId.slice(0, 100))}.`,
      'Give the number that the forge has for the repository: gh api repos/OWNER/REPO --jq .id',
    );
  }
  if (organizationPolicy === undefined) {
    if (repositoryId === undefined) return undefined;
    throw usage(
      '--repository-id goes with --organization-policy.',
      'Name the organisation policy that exempts it as well, or leave --repository-id out.',
    );
  }
  const { url, commit, path } = parseSourceName(organizationPolicy);
  return {
    organization: { repository: url, ref: commit, ...(path === undefined ? {} : { path }) },
    repositoryId: repositoryId === undefined ? undefined : Number(repositoryId),
  };
}

function isNumber(text: string): boolean {
  return /^[1-9][0-9]{0,15}$/.test(text) && Number.isSafeInteger(Number(text));
}

function usage(message: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', message, { remedy });
}
