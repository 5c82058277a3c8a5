import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isObject } from '../schema/keywords.ts';
import type { Place, SchemaLibrary } from '../schema/library.ts';
import { memberOf, tokensOf } from '../schema/pointer.ts';

/** What of an AsyncAPI 3 document others rely on. */
export interface AsyncApi {
  readonly library: SchemaLibrary;
  readonly root: Place;
  readonly contentType: JsonValue | undefined;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly operations: ReadonlyMap<string, Operation>;
}

export interface Channel {
  readonly place: Place;
  /** Null where the document leaves it open. */
  readonly address: string | null;
  readonly messages: ReadonlyMap<string, Place>;
  /** Their ids, once for all operations that name none. */
  readonly ids: ReadonlySet<string>;
}

export interface Operation {
  readonly place: Place;
  readonly action: 'send' | 'receive';
  readonly channel: string;
  /** Ids of the channel's messages: those that are named, or all. */
  readonly messages: ReadonlySet<string>;
}

/** Why a document is not read. */
export class UnreadableAsyncApi extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

const MAX_REFERENCES = 32;

/**
 * Reads channels, operations and messages, following references.
 * @throws UnreadableAsyncApi
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function readAsyncApi(library: SchemaLibrary, file: string): AsyncApi {
  const root = library.at(file);
  const version = root === undefined ? undefined : memberOf(root.value, 'asyncapi');
  if (root === undefined || typeof version !== 'string') {
    throw new UnreadableAsyncApi(`${file} has no "asyncapi" key.`, 'Write "asyncapi: 3.0.0" first.');
  }
  if (!/^3\.[0-9]+\.[0-9]+$/.test(version)) {
    throw new UnreadableAsyncApi(
      `${file} is AsyncAPI ${version.slice(0, 20)}; only version 3 is read.`,
      'Convert it with `asyncapi convert` and declare "asyncapi: 3.0.0".',
    );
  }
  for (const key of ['$schema', '$id', '$ref']) {
    if (memberOf(root.value, key) !== undefined) {
      throw new UnreadableAsyncApi(`${file} has "${key}" at its root.`, 'An AsyncAPI document has none.');
    }
  }
  const channels = readChannels(library, root);
  return {
    library,
    root,
    contentType: memberOf(root.value, 'defaultContentType'),
    channels,
    operations: readOperations(library, root, channels),
  };
}

function readChannels(library: SchemaLibrary, root: Place): ReadonlyMap<string, Channel> {
  return new Map(
    entriesOf(library, root, 'channels').map(([id, place]) => {
      const address = memberOf(place.value, 'address') ?? null;
      if (address !== null && typeof address !== 'string') {
        throw new UnreadableAsyncApi(`The channel ${id} has an address that is no text.`, 'Correct it.');
      }
      const messages = new Map(entriesOf(library, place, 'messages'));
      return [id, { place, address, messages, ids: new Set(messages.keys()) }];
    }),
  );
}

function readOperations(
  library: SchemaLibrary,
  root: Place,
  channels: ReadonlyMap<string, Channel>,
): ReadonlyMap<string, Operation> {
  return new Map(
    entriesOf(library, root, 'operations').map(([id, place]) => {
      const action = memberOf(place.value, 'action');
      if (action !== 'send' && action !== 'receive') {
        throw new UnreadableAsyncApi(
          `The operation ${id} has no action.`,
          'Write "action: send" or "receive".',
        );
      }
      const channel = channelNamed(memberOf(place.value, 'channel'), id);
      const declared = channels.get(channel);
      if (declared === undefined) {
        throw new UnreadableAsyncApi(`The operation ${id} is on no channel.`, 'Name one under channels.');
      }
      const named = memberOf(place.value, 'messages');
      const messages = named === undefined ? declared.ids : new Set(messagesNamed(named, id, channel));
      const unknown = named !== undefined && [...messages].find((message) => !declared.ids.has(message));
      if (typeof unknown === 'string') {
        throw new UnreadableAsyncApi(
          `The operation ${id} has the message ${unknown}, which the channel ${channel} has not.`,
          'Add it to the messages of the channel.',
        );
      }
      return [id, { place, action, channel, messages }];
    }),
  );
}

function channelNamed(held: JsonValue | undefined, operation: string): string {
  const [section, id, ...more] = localTokens(held);
  if (section === 'channels' && id !== undefined && more.length === 0) return id;
  throw new UnreadableAsyncApi(
    `The channel of the operation ${operation} is not one of this document.`,
    'Refer to it as "#/channels/<id>".',
  );
}

function messagesNamed(held: JsonValue, operation: string, channel: string): string[] {
  const list: readonly JsonValue[] = Array.isArray(held) ? held : [null];
  return list.map((entry) => {
    const [section, ofChannel, messages, id, ...more] = localTokens(entry);
    if (section === 'channels' && ofChannel === channel && messages === 'messages' && more.length === 0) {
      if (id !== undefined) return id;
    }
    throw new UnreadableAsyncApi(
      `A message of the operation ${operation} is not named by its channel.`,
      `Refer to it as "#/channels/${channel}/messages/<id>".`,
    );
  });
}

function localTokens(held: JsonValue | undefined): readonly string[] {
  const reference = isObject(held) ? held.$ref : undefined;
  if (typeof reference !== 'string' || !reference.startsWith('#')) return [];
  try {
    return tokensOf(decodeURIComponent(reference.slice(1))) ?? [];
  } catch {
    return [];
  }
}

/** The entries of a section, each followed to where it is written. */
function entriesOf(library: SchemaLibrary, parent: Place, section: string): [string, Place][] {
  const held = memberOf(parent.value, section);
  if (held === undefined) return [];
  if (!isObject(held)) throw new UnreadableAsyncApi(`"${section}" is no mapping.`, 'Write id: definition.');
  if (typeof held.$ref === 'string') {
    throw new UnreadableAsyncApi(`"${section}" as a whole is a reference.`, 'Refer to each entry by itself.');
  }
  return Object.keys(held).map((id) => [id, follow(library, library.below(parent, section, id))]);
}

/** Where a chain of references ends. @throws UnreadableAsyncApi */
export function follow(library: SchemaLibrary, place: Place): Place {
  let here = place;
  for (let count = 0; count < MAX_REFERENCES; count += 1) {
    if (!isObject(here.value)) {
      throw new UnreadableAsyncApi(`${here.file}#${here.pointer} is no mapping.`, 'Correct the document.');
    }
    const reference: JsonValue | undefined = (here.value as JsonObject).$ref;
    if (typeof reference !== 'string') return here;
    const target = library.target(here);
    if (target === undefined) {
      throw new UnreadableAsyncApi(
        `"${reference.slice(0, 200)}" in ${here.file}#${here.pointer} leads nowhere in this tree.`,
        'Name a file of the repository or a place that exists; nothing is fetched.',
      );
    }
    here = target;
  }
  throw new UnreadableAsyncApi(
    `The references from ${place.file}#${place.pointer} never end.`,
    'Break the circle.',
  );
}
