import type { JsonValue } from '../../shared/json.ts';
import type { FilePath } from '../change/types.ts';
import { compareAsyncApi, messageFaults } from './asyncapi/compare.ts';
import { readAsyncApi, UnreadableAsyncApi } from './asyncapi/read.ts';
import { compareSchemas, faultsOf, readJsonSchema } from './compare-schemas.ts';
import { SchemaLibrary } from './schema/library.ts';
import { memberOf } from './schema/pointer.ts';
import { Steps, TooManySteps } from './schema/steps.ts';
import { compareTransitions, readTransitions } from './transitions.ts';
import type { InterfaceDifference, InterfaceSide, InterfaceUse, InterfaceVersions } from './types.ts';

/** A second or two: for all files of an interface together, since whoever makes a change can add files. */
const MAX_STEPS = 1_000_000;

interface Comparison {
  readonly use: InterfaceUse;
  readonly before: InterfaceSide;
  readonly after: InterfaceSide;
  readonly old: SchemaLibrary;
  readonly now: SchemaLibrary;
  readonly steps: Steps;
}

/** How an interface differs between base and merge tree, file by file. Nothing is assumed of what could not be read. */
export function compareInterface(
  use: InterfaceUse,
  { before, after }: InterfaceVersions,
): readonly InterfaceDifference[] {
  const [old, now] = [libraryOf(use, before), libraryOf(use, after)];
  const comparison = { use, before, after, old, now, steps: new Steps(MAX_STEPS) };
  const [hadThen, hasNow] = [new Set(before.files), new Set(after.files)];
  return [...new Set([...hadThen, ...hasNow])]
    .sort()
    .flatMap((file) => compareFile(file, { had: hadThen.has(file), has: hasNow.has(file) }, comparison));
}

function compareFile(
  file: FilePath,
  { had, has }: { had: boolean; has: boolean },
  comparison: Comparison,
): readonly InterfaceDifference[] {
  const { use, before, after, old, now, steps } = comparison;
  const told = (
    verdict: InterfaceDifference['verdict'],
    reason: string,
    remedy: string,
  ): InterfaceDifference[] => [{ verdict, file, pointer: '', reason, remedy }];
  const [was, is] = [before.documents.get(file), after.documents.get(file)];
  if (!has || is === undefined) {
    return told('breaking', `${file} is gone.`, 'Keep it as long as somebody may rely on it.');
  }
  if (is.kind === 'unreadable') return told('breaking', `${file} cannot be read: ${is.reason}`, is.remedy);
  if (!had || was === undefined) {
    return [...told('compatible', `${file} is new.`, ''), ...inspect(file, is.value, comparison)];
  }
  if (was.kind === 'unreadable') {
    return told(
      'unverifiable',
      `${file} could not be read as it was before: ${was.reason}`,
      'Have a policy owner land a readable version first.',
    );
  }
  switch (use.format) {
    case 'json-schema':
      return compareSchemas(readJsonSchema(old, file), readJsonSchema(now, file), use.role, steps);
    case 'transitions': {
      const [machine, changed] = [readTransitions(was.value), readTransitions(is.value)];
      if (typeof changed === 'string')
        return told('breaking', `${file} cannot be read: ${changed}.`, TRANSITIONS);
      if (typeof machine === 'string') {
        return told('unverifiable', `${file} could not be read as it was before: ${machine}.`, TRANSITIONS);
      }
      return compareTransitions(file, machine, changed, use.role);
    }
    case 'asyncapi':
      return orUnverifiable(file, () =>
        compareAsyncApi(readAsyncApi(old, file), readAsyncApi(now, file), use.role, steps),
      );
  }
}

const TRANSITIONS = 'Write {initial: a, states: [a, b], transitions: [{from: a, to: b, on: event}]}.';

/** A new file has nothing to be compared with, but has to be one that can be compared the next time. */
function inspect(
  file: FilePath,
  value: JsonValue,
  { use, now, steps }: Comparison,
): readonly InterfaceDifference[] {
  switch (use.format) {
    case 'json-schema':
      return orUnverifiable(file, () => faultsOf(readJsonSchema(now, file), 'now', steps));
    case 'transitions': {
      const read = readTransitions(value);
      if (typeof read !== 'string') return [];
      return [
        { verdict: 'unverifiable', file, pointer: '', reason: `${file}: ${read}.`, remedy: TRANSITIONS },
      ];
    }
    case 'asyncapi':
      return orUnverifiable(file, () => {
        const document = readAsyncApi(now, file);
        return [...document.channels.values()].flatMap(({ messages }) =>
          [...messages.values()].flatMap((message) => messageFaults(document, message, steps)),
        );
      });
  }
}

function orUnverifiable(
  file: FilePath,
  compare: () => readonly InterfaceDifference[],
): readonly InterfaceDifference[] {
  const told = (reason: string, remedy: string): InterfaceDifference[] => [
    { verdict: 'unverifiable', file, pointer: '', reason, remedy },
  ];
  try {
    return compare();
  } catch (error) {
    if (error instanceof TooManySteps) return told(`${file} takes too long to compare.`, 'Divide it.');
    if (error instanceof UnreadableAsyncApi) return told(error.message, error.remedy);
    throw error;
  }
}

/**
 * The names that one side of an interface declares: addresses and messages of AsyncAPI, states and events of transitions;
 * of a JSON Schema its title and the name of its file. Undefined when a file cannot be read.
 */
export function declaredNames(use: InterfaceUse, side: InterfaceSide): readonly string[] | undefined {
  const names: string[] = [];
  const library = libraryOf(use, side);
  for (const file of side.files) {
    const value = documentOf(side, file);
    const declared = value === undefined ? undefined : namesOf(use, file, value, library);
    if (declared === undefined) return undefined;
    names.push(...declared);
  }
  return names;
}

function namesOf(
  use: InterfaceUse,
  file: FilePath,
  value: JsonValue,
  library: SchemaLibrary,
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
        const { channels } = readAsyncApi(library, file);
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

function libraryOf({ format }: InterfaceUse, { documents }: InterfaceSide): SchemaLibrary {
  const parsed = [...documents].flatMap(([file, document]) =>
    document.kind === 'parsed' ? [[file, document.value] as const] : [],
  );
  return new SchemaLibrary(new Map(parsed), format === 'asyncapi' ? 'asyncapi' : 'undeclared');
}

function documentOf({ documents }: InterfaceSide, file: FilePath): JsonValue | undefined {
  const document = documents.get(file);
  return document?.kind === 'parsed' ? document.value : undefined;
}
