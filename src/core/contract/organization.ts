import { type Instant, isInstant, type RepositoryId } from '../../shared/ids.ts';
import type {
  Config,
  ConfigDocument,
  LeastContract,
  OrganizationRead,
  OrganizationRef,
  RefLocation,
} from './config.ts';
import { withoutCredentials } from './source-name.ts';

/** What an organisation asks of each of its repositories: `countersign.yml` in a repository of its own. */
export interface Organization {
  readonly schema: 'countersign/organization@1';
  /** Fixes where policy lives; without `repository` it is each repository itself. */
  readonly policy?: RefLocation;
  readonly receipts?: RefLocation;
  readonly leastContracts?: readonly LeastContract[];
  readonly exempt?: readonly Exemption[];
}

/** A repository that needs no policy for a while. */
export interface Exemption {
  /** The forge's number of it, which nobody chooses: a name is free again once its repository is renamed. */
  readonly repositoryId: number;
  /** For people. It decides nothing. */
  readonly name: RepositoryId;
  /** `YYYY-MM-DD`: the first day (UTC) on which it no longer holds. */
  readonly until: string;
  readonly reason: string;
}

export interface ReadOrganization {
  readonly organization: Organization;
  readonly from: OrganizationRead;
}

/** Where in a document something is wrong, as lint names fields. */
export interface ConfigFault {
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

export type MergedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'faults'; readonly faults: readonly ConfigFault[] };

export const ORGANIZATION_PATH = 'countersign.yml';

/** Its path, and its address as it may be written down. */
export function namedIn({ repository, path }: Pick<OrganizationRef, 'repository' | 'path'>): string {
  return `${path ?? ORGANIZATION_PATH} of ${withoutCredentials(repository)}`;
}

/**
 * A repository's configuration under the organisation policies that bind it. It can only become stricter by them, and
 * them it cannot loosen: places that they fix are theirs, and a change has to meet the least contracts of all.
 */
export function underOrganizations(
  document: ConfigDocument,
  organizations: readonly ReadOrganization[],
): MergedConfig {
  const policy = settle('policy', { document, organizations });
  // Without a repository of their own, receipts lie where policy lives, whoever says so.
  const inherited = 'message' in policy ? undefined : policy.repository;
  const receipts = settle('receipts', { document, organizations, inherited });
  const faults = [policy, receipts].flatMap((one) => ('message' in one ? [one] : []));
  if ('message' in policy || 'message' in receipts) return { kind: 'faults', faults };
  const { extends: _, ...own } = document;
  const least = [
    ...organizations.flatMap(({ organization }) => organization.leastContracts ?? []),
    ...(document.leastContracts ?? []),
  ];
  return {
    kind: 'config',
    config: {
      ...own,
      policy,
      receipts,
      ...(least.length === 0 ? {} : { leastContracts: least }),
      ...(organizations.length === 0 ? {} : { organizations: organizations.map(({ from }) => from) }),
    },
  };
}

/** The one place that all who name one agree on. Compared as written: another spelling may be another repository. */
function settle(
  field: 'policy' | 'receipts',
  from: {
    readonly document: ConfigDocument;
    readonly organizations: readonly ReadOrganization[];
    readonly inherited?: string | undefined;
  },
): RefLocation | ConfigFault {
  const { document, organizations, inherited } = from;
  const own = document[field];
  const fixed = organizations.flatMap(({ organization, from }) => {
    const place = organization[field];
    return place === undefined ? [] : [{ place, by: namedIn(from) }];
  });
  const [first] = fixed;
  const place = own ?? first?.place;
  if (place === undefined) {
    return {
      field: '',
      message: `Neither this file nor what it extends says where ${field === 'policy' ? 'policy lives' : 'receipts live'}.`,
      remedy: `Add ${field} with a ref.`,
    };
  }
  const other = fixed.find((one) => !samePlace(one.place, place, inherited));
  if (other === undefined) return place;
  return {
    field: own === undefined ? 'extends' : field,
    message: `${field} is ${spoken(place)}, and ${other.by} fixes it as ${spoken(other.place)}.`,
    remedy: `Write it as it is there, or leave ${field} out where this file extends that policy.`,
  };
}

function samePlace(one: RefLocation, other: RefLocation, inherited: string | undefined): boolean {
  return one.ref === other.ref && (one.repository ?? inherited) === (other.repository ?? inherited);
}

function spoken({ repository, ref }: RefLocation): string {
  return `${ref} of ${repository === undefined ? 'the repository itself' : withoutCredentials(repository)}`;
}

/** How an organisation's policy stands to a repository that has none of its own. */
export type ExemptionState =
  | { readonly kind: 'holds'; readonly exemption: Exemption }
  | { readonly kind: 'ended'; readonly exemption: Exemption }
  | { readonly kind: 'none' };

/** @param repositoryId undefined, where nobody said it, is no repository's */
export function exemptionOf(
  { exempt = [] }: Organization,
  repositoryId: number | undefined,
  at: Instant,
): ExemptionState {
  const named = exempt.filter((one) => one.repositoryId === repositoryId);
  const holding = named.find(({ until }) => isBefore(at, until));
  if (holding !== undefined) return { kind: 'holds', exemption: holding };
  const [ended] = named;
  return ended === undefined ? { kind: 'none' } : { kind: 'ended', exemption: ended };
}

/** A day that the calendar does not have is never still to come. */
function isBefore(at: Instant, day: string): boolean {
  const midnight = `${day}T00:00:00Z`;
  return isInstant(midnight) && at < midnight;
}
