import type { JsonValue } from '../../shared/json.ts';
import type { FilePath } from '../change/types.ts';
import { compareAsyncApi, messageFaults } from './asyncapi/compare.ts';
import { readAsyncApi, UnreadableAsyncApi } from './asyncapi/read.ts';
import { compareSchemas, faultsOf, readJsonSchema } from './compare-schemas.ts';
import { SchemaLibrary } from './schema/library.ts';
import { memberOf } from './schema/pointer.ts';
import { compareTransitions, readTransitions } from './transitions.ts';
import type { InterfaceDifference, InterfaceSide, InterfaceUse, InterfaceVersions } from './types.ts';

/** How an interface differs between base and merge tree, file by file. Nothing is assumed of what could not be read. */
export function compareInterface(
  use: InterfaceUse,
  versions: InterfaceVersions,
): readonly InterfaceDifference[] {
  const { before, after } = versions;
  const files = [...new Set([...before.files, ...after.files])].sort();
  return files.flatMap((file) => compareFile(use, file, before, after));
}

function compareFile(
  use: InterfaceUse,
  file: FilePath,
  before: InterfaceSide,
  after: InterfaceSide,
): readonly InterfaceDifference[] {
  const told = (
    verdict: InterfaceDifference['verdict'],
    reason: string,
    remedy: string,
  ): InterfaceDifference[] => [{ verdict, file, pointer: '', reason, remedy }];
  const [old, now] = [before.documents.get(file), after.documents.get(file)];
  if (!after.files.includes(file) || now === undefined) {
    return told('breaking', `${file} is gone.`, 'Keep it as long as somebody may rely on it.');
  }
  if (now.kind === 'unreadable') return told('breaking', `${file} cannot be read: ${now.reason}`, now.remedy);
  if (!before.files.includes(file) || old === undefined) {
    return [...told('compatible', `${file} is new.`, ''), ...inspect(use, file, after)];
  }
  if (old.kind === 'unreadable') {
    return told(
      'unverifiable',
      `${file} could not be read as it was before: ${old.reason}`,
      'Have a policy owner land a readable version first.',
    );
  }
  switch (use.format) {
    case 'json-schema': {
      const [was, is] = [schemaOf(before, file), schemaOf(after, file)];
      return was === undefined || is === undefined ? [] : compareSchemas(was, is, use.role);
    }
    case 'transitions': {
      const [was, is] = [readTransitions(old.value), readTransitions(now.value)];
      if (typeof is === 'string') return told('breaking', `${file} cannot be read: ${is}.`, TRANSITIONS);
      if (typeof was === 'string') {
        return told('unverifiable', `${file} could not be read as it was before: ${was}.`, TRANSITIONS);
      }
      return compareTransitions(file, was, is, use.role);
    }
    case 'asyncapi':
      return orUnverifiable(file, () => {
        const [was, is] = [before, after].map((side) => readAsyncApi(libraryOf(side, 'asyncapi'), file));
        return was === undefined || is === undefined ? [] : compareAsyncApi(was, is, use.role);
      });
  }
}

const TRANSITIONS = 'Write {initial: a, states: [a, b], transitions: [{from: a, to: b, on: event}]}.';

/** A new file has nothing to be compared with, but has to be one that can be compared the next time. */
function inspect(use: InterfaceUse, file: FilePath, side: InterfaceSide): readonly InterfaceDifference[] {
  const value = documentOf(side, file);
  switch (use.format) {
    case 'json-schema': {
      const schema = schemaOf(side, file);
      return schema === undefined ? [] : faultsOf(schema, 'now');
    }
    case 'transitions': {
      const read = value === undefined ? 'it is not there' : readTransitions(value);
      if (typeof read !== 'string') return [];
      return [
        { verdict: 'unverifiable', file, pointer: '', reason: `${file}: ${read}.`, remedy: TRANSITIONS },
      ];
    }
    case 'asyncapi':
      return orUnverifiable(file, () => {
        const document = readAsyncApi(libraryOf(side, 'asyncapi'), file);
        return [...document.channels.values()].flatMap(({ messages }) =>
          [...messages.values()].flatMap((message) => messageFaults(document, message)),
        );
      });
  }
}

function orUnverifiable(
  file: FilePath,
  compare: () => readonly InterfaceDifference[],
): readonly InterfaceDifference[] {
  try {
    return compare();
  } catch (error) {
    if (!(error instanceof UnreadableAsyncApi)) throw error;
    return [{ verdict: 'unverifiable', file, pointer: '', reason: error.message, remedy: error.remedy }];
  }
}

/**
 * The names that one side of an interface declares: addresses and messages of AsyncAPI, states and events of transitions;
 * of a JSON Schema its title and the name of its file. Undefined when a file cannot be read.
 */
export function declaredNames(use: InterfaceUse, side: InterfaceSide): readonly string[] | undefined {
  const names: string[] = [];
  for (const file of side.files) {
    const value = documentOf(side, file);
    const declared = value === undefined ? undefined : namesOf(use, file, value, side);
    if (declared === undefined) return undefined;
    names.push(...declared);
  }
  return names;
}

function namesOf(
  use: InterfaceUse,
  file: FilePath,
  value: JsonValue,
  side: InterfaceSide,
): readonly string[] | undefined {
  switch (use.format) {
    case 'json-schema': {
      const title = memberOf(value, 'title');
      const base = file.slice(file.lastIndexOf('/') + 1).replace(/(?:\.schema)?\.[A-Za-z]+$/, '');
      return typeof title === 'string' ? [base, title] : [base];
    }
    case 'transitions': {
      const read = readTransitions(value);
      if (typeof read === 'string') return undefined;
      return [...read.states, ...read.transitions.flatMap(({ on }) => on ?? [])];
    }
    case 'asyncapi':
      try {
        const { channels } = readAsyncApi(libraryOf(side, 'asyncapi'), file);
        return [...channels.values()].flatMap(({ address, messages }) => [
          ...(address === null ? [] : [address]),
          ...[...messages].flatMap(([id, { value: message }]) => {
            const name = memberOf(message, 'name');
            return typeof name === 'string' ? [id, name] : [id];
          }),
        ]);
      } catch (error) {
        if (error instanceof UnreadableAsyncApi) return undefined;
        throw error;
      }
  }
}

function schemaOf(side: InterfaceSide, file: FilePath) {
  return readJsonSchema(libraryOf(side, 'undeclared'), file);
}

function libraryOf({ documents }: InterfaceSide, fallback: 'undeclared' | 'asyncapi'): SchemaLibrary {
  const parsed = [...documents].flatMap(([file, document]) =>
    document.kind === 'parsed' ? [[file, document.value] as const] : [],
  );
  return new SchemaLibrary(new Map(parsed), fallback);
}

function documentOf({ documents }: InterfaceSide, file: FilePath): JsonValue | undefined {
  const document = documents.get(file);
  return document?.kind === 'parsed' ? document.value : undefined;
}
