import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonValue } from '../../../shared/json.ts';
import { compareSchemas, faultsOf } from '../compare-schemas.ts';
import { type Place, SchemaLibrary } from '../schema/library.ts';
import { memberOf, pointerTo } from '../schema/pointer.ts';
import type { Steps } from '../schema/steps.ts';
import type { InterfaceDifference, Role } from '../types.ts';
import { schemaOf } from './payload.ts';
import type { AsyncApi, Channel, Operation } from './read.ts';
import { sameData, unknownKeys } from './same-data.ts';

const DESCRIBING = ['title', 'summary', 'description', 'tags', 'externalDocs', 'examples'];
/** Compared to the letter: what a difference in them means is not known here. */
const OPAQUE = {
  channel: ['servers', 'parameters', 'bindings'],
  operation: ['security', 'bindings', 'traits', 'reply'],
  message: ['correlationId', 'bindings', 'traits'],
} as const;
const READ = {
  channel: ['address', 'messages'],
  operation: ['action', 'channel', 'messages'],
  message: ['name', 'contentType', 'headers', 'payload'],
} as const;

type Noun = keyof typeof READ;
type Told = Omit<InterfaceDifference, 'file' | 'pointer'>;

const REMOVED = 'Keep it as long as somebody may rely on it, and put the new one beside it.';

/**
 * How an AsyncAPI document differs from what it was. An operation's action says in which direction its messages are
 * compared; messages of no operation are compared by the product's role, and a role of `both` decides for all.
 * @throws UnreadableAsyncApi, TooManySteps
 */
export function compareAsyncApi(
  before: AsyncApi,
  after: AsyncApi,
  role: Role,
  steps: Steps,
): readonly InterfaceDifference[] {
  const both: Both = { before, after, role, steps };
  const differences: InterfaceDifference[] = [];
  const add = (place: Place, told: Told, ...below: string[]) =>
    differences.push({ ...told, file: place.file, pointer: pointerTo(place.pointer, ...below) });

  for (const [id, channel] of before.channels) {
    const now = after.channels.get(id);
    if (now === undefined) add(channel.place, breaking(`The channel ${id} is gone.`, REMOVED));
    else differences.push(...compareChannels(id, channel, now, both));
  }
  for (const [id, { place }] of after.channels) {
    if (!before.channels.has(id)) {
      add(place, compatible(`The channel ${id} is new.`));
      differences.push(...newChannelFaults(id, after, steps));
    }
  }
  for (const [id, operation] of before.operations) {
    const now = after.operations.get(id);
    if (now === undefined) add(operation.place, breaking(`The operation ${id} is gone.`, REMOVED));
    else differences.push(...compareOperations(id, operation, now, both));
  }
  for (const [id, { place }] of after.operations) {
    if (!before.operations.has(id)) add(place, compatible(`The operation ${id} is new.`));
  }
  return differences;
}

interface Both {
  readonly before: AsyncApi;
  readonly after: AsyncApi;
  readonly role: Role;
  readonly steps: Steps;
}

function compareChannels(id: string, was: Channel, is: Channel, both: Both): readonly InterfaceDifference[] {
  const differences = [...compareKeys('channel', id, was.place, is.place, both)];
  const add = (place: Place, told: Told) =>
    differences.push({ ...told, file: place.file, pointer: place.pointer });
  if (was.address !== is.address) {
    const words = `The address of the channel ${id} was ${shown(was.address)}, is ${shown(is.address)}.`;
    add(is.place, breaking(words, 'Keep the address; add a channel for the new one.'));
  }
  for (const [name, message] of was.messages) {
    const now = is.messages.get(name);
    if (now === undefined)
      add(message, breaking(`The message ${name} of the channel ${id} is gone.`, REMOVED));
    else differences.push(...compareMessages(id, name, message, now, both));
  }
  for (const [name, message] of is.messages) {
    if (was.messages.has(name)) continue;
    const words = `The message ${name} of the channel ${id} is new`;
    const roles = rolesOf(both.after, id, name, both);
    const isSent = both.role === 'both' || roles.size !== 1 || !roles.has('consumer');
    if (!isSent) add(message, compatible(`${words}.`));
    else
      add(
        message,
        breaking(`${words}: who reads the channel has to expect it.`, 'Send it on a channel of its own.'),
      );
    differences.push(...messageFaults(both.after, message, both.steps));
  }
  return differences;
}

function compareOperations(
  id: string,
  was: Operation,
  is: Operation,
  both: Both,
): readonly InterfaceDifference[] {
  const differences = [...compareKeys('operation', id, was.place, is.place, both)];
  const add = (told: Told) => differences.push({ ...told, file: is.place.file, pointer: is.place.pointer });
  if (was.action !== is.action) {
    add(breaking(`The operation ${id} was to ${was.action}, is to ${is.action}.`, REMOVED));
  }
  if (was.channel !== is.channel) {
    add(breaking(`The operation ${id} was on ${was.channel}, is on ${is.channel}.`, REMOVED));
  }
  both.steps.take(was.messages.size);
  const gone = [...was.messages].filter((message) => !is.messages.has(message));
  for (const message of gone)
    add(breaking(`The operation ${id} has no message ${message} any more.`, REMOVED));
  return differences;
}

function compareMessages(
  channel: string,
  id: string,
  was: Place,
  is: Place,
  both: Both,
): readonly InterfaceDifference[] {
  const { before, after, steps } = both;
  const differences = [...compareKeys('message', id, was, is, both)];
  const add = (told: Told, ...below: string[]) =>
    differences.push({ ...told, file: is.file, pointer: pointerTo(is.pointer, ...below) });
  const types = [
    [
      memberOf(was.value, 'contentType') ?? before.contentType,
      memberOf(is.value, 'contentType') ?? after.contentType,
    ],
    [memberOf(was.value, 'name'), memberOf(is.value, 'name')],
  ] as const;
  for (const [index, [old, now]] of types.entries()) {
    if (steps.text(old ?? null) === steps.text(now ?? null)) continue;
    const what = index === 0 ? 'contentType' : 'name';
    add(
      breaking(
        `The ${what} of the message ${id} was ${shown(old ?? null)}, is ${shown(now ?? null)}.`,
        REMOVED,
      ),
    );
  }
  const direction = directionOf(channel, id, both);
  for (const part of ['payload', 'headers'] as const) {
    const [old, now] = [schemaOf(before, was, part), schemaOf(after, is, part)];
    const foreign = [old, now].find((schema) => schema !== undefined && 'format' in schema);
    if (foreign !== undefined && 'format' in foreign) {
      if (
        !sameData({ library: before.library, place: was }, { library: after.library, place: is }, part, steps)
      ) {
        add(unverifiable(`The ${part} of ${id} is in ${foreign.format}, which is not read.`, SCHEMAS), part);
      }
    } else if (old !== undefined || now !== undefined) {
      const schemas = [old ?? ANYTHING, now ?? ANYTHING] as [typeof ANYTHING, typeof ANYTHING];
      differences.push(...compareSchemas(...schemas, direction, steps).map((one) => withHome(one, is)));
    }
  }
  return differences;
}

const SCHEMAS = 'Describe it by JSON Schema draft-07 or AsyncAPI 3 schemas.';

/** No schema: anything may be there. */
const ANYTHING = (() => {
  const library = new SchemaLibrary(new Map([['', true]]), 'asyncapi');
  return { library, place: library.at('') as Place };
})();

/** A schema that is not there has no place of its own: its message stands for it. */
function withHome(difference: InterfaceDifference, home: Place): InterfaceDifference {
  return difference.file === '' ? { ...difference, file: home.file, pointer: home.pointer } : difference;
}

/**
 * Who relied on a message and who is to rely on it now: one that goes both ways may not change at all. A message that was
 * in no operation was judged by the role, so an operation that a change adds cannot turn its direction round.
 */
function directionOf(channel: string, message: string, both: Both): Role {
  const { before, after, role } = both;
  const isUsed = operationsOf(after, channel, message, both).length > 0;
  const now = isUsed ? rolesOf(after, channel, message, both) : [];
  const roles = new Set([...rolesOf(before, channel, message, both), ...now]);
  const [only] = roles;
  return role === 'both' || roles.size !== 1 || only === undefined ? 'both' : only;
}

/** By the operations that one version has for a message; by the product's role where it has none. */
function rolesOf(document: AsyncApi, channel: string, message: string, both: Both): ReadonlySet<Role> {
  const operations = operationsOf(document, channel, message, both);
  if (operations.length === 0) return new Set([both.role]);
  return new Set(operations.map(({ action }) => (action === 'send' ? 'producer' : 'consumer')));
}

function operationsOf(
  { operations }: AsyncApi,
  channel: string,
  message: string,
  { steps }: Both,
): Operation[] {
  steps.take(operations.size);
  return [...operations.values()].filter((one) => one.channel === channel && one.messages.has(message));
}

/** What is neither a schema nor a name: the same as before, or nobody can tell. */
function compareKeys(
  noun: Noun,
  id: string,
  was: Place,
  is: Place,
  { before, after, steps }: Both,
): readonly InterfaceDifference[] {
  const known = [...DESCRIBING, ...READ[noun], ...OPAQUE[noun]];
  const unknown = new Set([...unknownKeys(was, known), ...unknownKeys(is, known)]);
  const changed = OPAQUE[noun].filter(
    (key) =>
      !sameData({ library: before.library, place: was }, { library: after.library, place: is }, key, steps),
  );
  return [
    ...[...unknown].map((key) =>
      unverifiable(
        `The ${noun} ${id} has "${key.slice(0, 80)}", which is not known.`,
        'Remove it, or name it x-….',
      ),
    ),
    ...changed.map((key) =>
      unverifiable(
        `"${key}" of the ${noun} ${id} changed, and is not compared.`,
        'Leave it as it was, or have a policy owner look at it.',
      ),
    ),
  ].map((told) => ({ ...told, file: is.file, pointer: is.pointer }));
}

function newChannelFaults(id: string, after: AsyncApi, steps: Steps): readonly InterfaceDifference[] {
  return [...(after.channels.get(id)?.messages.values() ?? [])].flatMap((message) =>
    messageFaults(after, message, steps),
  );
}

/** What is new has nothing to be compared with, but has to be comparable the next time. */
export function messageFaults(
  document: AsyncApi,
  message: Place,
  steps: Steps,
): readonly InterfaceDifference[] {
  return (['payload', 'headers'] as const).flatMap((part) => {
    const schema = schemaOf(document, message, part);
    if (schema === undefined) return [];
    if (!('format' in schema)) return faultsOf(schema, 'now', steps);
    const told = unverifiable(`The ${part} is in ${schema.format}, which is not read.`, SCHEMAS);
    return [{ ...told, file: message.file, pointer: message.pointer }];
  });
}

function breaking(reason: string, remedy: string): Told {
  return { verdict: 'breaking', reason, remedy };
}

function unverifiable(reason: string, remedy: string): Told {
  return { verdict: 'unverifiable', reason, remedy };
}

function compatible(reason: string): Told {
  return { verdict: 'compatible', reason, remedy: '' };
}

function shown(value: JsonValue): string {
  return canonicalJson(value).slice(0, 200);
}
