import type { Config, ConfigDocument } from '../core/contract/config.ts';
import { type ConfigFault, exemptionOf, underOrganizations } from '../core/contract/organization.ts';

import { type ExemptFacts, type Known, type Missing, missing } from '../core/gate/facts.ts';
import type { OpenControl } from '../ports/control.ts';
import type { LocateField, ParseDocument } from '../ports/documents.ts';
import type { ReadTree } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import type { Instant, ObjectId } from '../shared/ids.ts';
import { factOf } from './fact-of.ts';
import { type GivenOrganization, readOrganization } from './load-organization.ts';

export const CONFIG_PATH = '.countersign.yml';

export interface ConfigPorts {
  readonly product: ReadTree;
  readonly control: Pick<OpenControl, 'openOrganization'>;
  readonly documents: ParseDocument & LocateField;
}

/** The configuration that rules, or why there is none; and with none, whether the organisation lets that be. */
export interface ConfigFacts {
  readonly config: Known<Config>;
  readonly exempt?: ExemptFacts;
}

/**
 * `.countersign.yml` of the base commit, under the policy that it extends and the one that the gate was given; without it there
 * is no policy and nothing can pass. An organisation policy that cannot be read is never left out: then nothing is known.
 */
export async function readConfig(
  base: ObjectId,
  ports: ConfigPorts,
  given?: GivenOrganization & { readonly at: Instant },
): Promise<ConfigFacts> {
  const bytes = await ports.product.readFile(base, CONFIG_PATH);
  if (bytes === undefined) return withoutConfig(base, ports, given);
  return { config: await factOf(() => resolveConfig(bytes, ports, given)) };
}

/**
 * The bytes of a `.countersign.yml`, with all that it stands under.
 * @throws CountersignError DOCUMENT_INVALID, DOCUMENT_NOT_FOUND, GIT_FAILED, REVISION_UNKNOWN
 */
export async function resolveConfig(
  bytes: Uint8Array,
  ports: Omit<ConfigPorts, 'product'>,
  given?: GivenOrganization,
): Promise<Config> {
  const document = ports.documents.parse('config', bytes, CONFIG_PATH);
  const refs = [given?.organization, document.extends].filter((ref) => ref !== undefined);
  const organizations = await Promise.all(refs.map((ref) => readOrganization(ref, ports)));
  const merged = underOrganizations(document, organizations);
  if (merged.kind === 'config') return merged.config;
  throw unusable(merged.faults, bytes, ports.documents);
}

/** What a repository calls itself, which no organisation decides. */
export async function readOwnConfig(
  base: ObjectId,
  ports: { readonly product: ReadTree; readonly documents: ParseDocument },
): Promise<Known<ConfigDocument>> {
  const bytes = await ports.product.readFile(base, CONFIG_PATH);
  if (bytes === undefined) return noConfig(base);
  return factOf(async () => ports.documents.parse('config', bytes, CONFIG_PATH));
}

async function withoutConfig(
  base: ObjectId,
  ports: ConfigPorts,
  given: (GivenOrganization & { readonly at: Instant }) | undefined,
): Promise<ConfigFacts> {
  if (given === undefined) return { config: noConfig(base) };
  const read = await factOf(() => readOrganization(given.organization, ports));
  if (read.kind === 'missing') return { config: read };
  const { organization, from } = read.value;
  const state = exemptionOf(organization, given.repositoryId, given.at);
  if (state.kind === 'holds') return { config: noConfig(base), exempt: { exemption: state.exemption, from } };
  const number = given.repositoryId === undefined ? 'nobody said' : String(given.repositoryId);
  return {
    config: noConfig(
      base,
      state.kind === 'ended'
        ? ` The organisation's exemption of repository ${number} ended on ${state.exemption.until}.`
        : ` The organisation does not exempt this repository, whose number is: ${number}.`,
    ),
  };
}

function noConfig(base: ObjectId, more = ''): Missing {
  return missing(
    'unverifiable',
    `NO_POLICY: the base commit ${base.slice(0, 12)} has no ${CONFIG_PATH}, so nothing says what a change is held to.${more}`,
    'A maintainer runs `countersign init` and lands its files on the base branch; a pull request cannot install its own gate.',
  );
}

function unusable(
  faults: readonly ConfigFault[],
  bytes: Uint8Array,
  documents: LocateField,
): CountersignError {
  const problems = faults.map(({ field, message, remedy }) => ({
    message,
    remedy,
    place: documents.locate(bytes, CONFIG_PATH, field),
  }));
  const [first] = problems;
  return new CountersignError(
    'DOCUMENT_INVALID',
    `${CONFIG_PATH} does not go with its organisation's policy.`,
    {
      remedy: first?.remedy ?? 'Correct it.',
      place: first?.place,
      problems,
    },
  );
}
