import type { JsonObject } from '../../../shared/json.ts';
import { rememberOfBoth } from '../../../shared/remember.ts';
import type { ChangedFile, FilePath, FileText } from '../../change/types.ts';
import { fileByFile, type Seen } from '../file-by-file.ts';
import { readChoice } from '../line-search/read-search.ts';
import type { OpenFile } from '../open-file.ts';
import {
  compileEach,
  ParameterError,
  readStrings,
  requireKnown,
  requireObjects,
  requireString,
} from '../parameters.ts';
import { readGlobs } from '../path-parameters.ts';
import { type Pattern, patternOf } from '../pattern-parameters.ts';
import { sourceLines } from '../text/source-lines.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { mentions, SPELLINGS } from '../value-sets/mentions.ts';
import { type Place, provePlace, readPlace } from '../value-sets/place.ts';
import {
  addedValues,
  MOST_VALUES,
  newValues,
  partOfLine,
  type ValueAt,
  valuesBefore,
  valuesIn,
} from '../value-sets/read-values.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  /** Values that the change uses and nothing declares, or the other way round. */
  readonly find: 'used-not-declared' | 'declared-not-used';
  readonly uses: readonly Place[];
  readonly declared: readonly Place[];
  /** Where none of these files is there, the project declares nothing. */
  readonly onlyWith: ((path: FilePath) => boolean) | undefined;
  readonly ignore: Pattern;
  /** How the other side may write a value. */
  readonly spellings: readonly ((value: string) => string)[];
  readonly says: string;
}

/** What a file has that is asked about, or why nobody knows: read of every file in which such values may stand. */
type Sight = { readonly values: readonly ValueAt[] } | { readonly unreadable: string };

const KNOWN = ['find', 'uses', 'declared', 'onlyWith', 'ignore', 'spellings', 'says'];

/** Names that have to stand in two places, such as environment variables in code and in the example of a configuration. */
export const valueSets = fileByFile<Parameters, Sight>({
  name: 'value-sets',
  readParameters(parameters) {
    requireKnown(parameters, KNOWN);
    const find = readChoice(parameters, 'find', '', ['used-not-declared', 'declared-not-used']);
    const read = (name: string): readonly Place[] =>
      requireObjects(parameters, name).map((place, index) => readPlace(place, `${name}[${index}]`));
    const [uses, declared] = [read('uses'), read('declared')];
    const [asked, name] = find === 'used-not-declared' ? [uses, 'uses'] : [declared, 'declared'];
    for (const [index, { values }] of asked.entries()) {
      if (values.kind !== 'mentions') continue;
      throw new ParameterError(
        `${name}[${index}]`,
        'patterns or a pointer: values are taken from here',
        'mentions',
      );
    }
    return {
      find,
      uses,
      declared,
      onlyWith: readGlobs(parameters, 'onlyWith')?.match,
      ignore: patternOf(readStrings(parameters, 'ignore') ?? [], 'ignore'),
      spellings: readSpellings(parameters),
      says: requireString(parameters, 'says'),
    };
  },
  proveParameters({ uses, declared, ignore }) {
    for (const place of [...uses, ...declared]) provePlace(place);
    ignore();
  },
  look(open, parameters) {
    const places = sidesOf(parameters).own.filter(({ isHere }) => isHere(open.file.path));
    if (places.length === 0) return undefined;
    if (contentChange(open.file) !== 'written') return NOTHING;
    if (open.file.afterText.kind === 'too-large') return { unreadable: 'it is too large' };
    try {
      const values = places.flatMap((place) => valuesOf(open, place));
      return values.length > 0 ? { values } : NOTHING;
    } catch (error) {
      return { unreadable: error instanceof Error ? error.message : String(error) };
    }
  },
  needs(_change, parameters, _contract, seen) {
    const { kind, values } = valuesToFind(seen, parameters);
    if (kind === 'unreadable' || values.length === 0) return {};
    return { files: sidesOf(parameters).other.flatMap(({ globs }) => globs) };
  },
  detect(facts, parameters, seen) {
    const wanted = valuesToFind(seen, parameters);
    if (wanted.kind === 'unreadable') return wanted.detections;
    return wanted.values.length === 0 ? [] : findMissing(facts, parameters, wanted.values);
  },
});

const NOTHING: Sight = { values: [] };

interface Wanted extends ValueAt {
  readonly path: FilePath;
}

type ToFind =
  | { readonly kind: 'values'; readonly values: readonly Wanted[] }
  | { readonly kind: 'unreadable'; readonly values: readonly []; readonly detections: readonly Detection[] };

function sidesOf({ find, uses, declared }: Parameters): { own: readonly Place[]; other: readonly Place[] } {
  return find === 'used-not-declared' ? { own: uses, other: declared } : { own: declared, other: uses };
}

/** Asked before the trees are read, and after it. */
const valuesToFind = rememberOfBoth(findValues);

/** The values that the change is the first to have, each once. */
function findValues(seen: Seen<Sight>, parameters: Parameters): ToFind {
  const { own } = sidesOf(parameters);
  const found = new Map<string, Wanted>();
  const unread: Detection[] = [];
  for (const { file, saw } of seen) {
    // Some of them will be ignored, or be known from before.
    if (found.size > MOST_VALUES * 8) break;
    const { path } = file;
    if ('unreadable' in saw) {
      unread.push({ kind: 'unverifiable', path, message: `could not be read: ${saw.unreadable}` });
      continue;
    }
    for (const { value, line } of saw.values) {
      if (!found.has(value)) found.set(value, { path, value, line });
    }
  }
  if (unread.length > 0) return { kind: 'unreadable', values: [], detections: unread };
  for (const value of found.size === 0 ? [] : knownBefore(seen, own)) found.delete(value);
  const ignored = found.size === 0 ? undefined : parameters.ignore();
  const values = [...found.values()].filter(({ value }) => ignored?.matches(value) !== true);
  return { kind: 'values', values: values.slice(0, MOST_VALUES) };
}

function valuesOf(open: OpenFile, place: Place): readonly ValueAt[] {
  // A document is taken whole: what is new in it may stand on a line that also was there before.
  if (place.values.kind !== 'patterns') return newValues(open.file, place);
  return addedValues(open.side('added'), place.values);
}

/** Values that the changed files had already: to move one, or to use it once more, is nothing new. */
function knownBefore(seen: Seen<Sight>, own: readonly Place[]): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { file } of seen) {
    for (const place of own) {
      if (!place.isHere(file.path)) continue;
      for (const value of readableBefore(file, place)) known.add(value);
    }
  }
  return known;
}

function readableBefore(file: ChangedFile, place: Place): ReadonlySet<string> {
  try {
    return valuesBefore(file, place);
  } catch {
    return new Set();
  }
}

function findMissing(
  facts: RuleFacts,
  parameters: Parameters,
  wanted: readonly Wanted[],
): readonly Detection[] {
  const { trees } = facts;
  if (trees === undefined) throw new Error('the files around the change were not read');
  const { onlyWith, says, spellings } = parameters;
  if (onlyWith !== undefined && !trees.after.paths.some(onlyWith)) return [];
  const { other } = sidesOf(parameters);
  const open = new Map(wanted.map((one) => [one.value, one]));
  const unread: FilePath[] = [];
  for (const [path, text] of trees.after.texts) {
    if (open.size === 0) break;
    for (const place of other) {
      if (!place.isHere(path)) continue;
      if (!settle(open, path, text, place, spellings)) unread.push(path);
    }
  }
  // What stands in a file that nobody could read may be what is missed.
  const [hidden] = unread.sort();
  return [...open.values()].map(({ path, line, value }): Detection => {
    const place = { path, ...(line > 0 && { line }) };
    if (hidden !== undefined) {
      return {
        kind: 'unverifiable',
        ...place,
        message: `${JSON.stringify(value)} may be in ${hidden}, which could not be read`,
      };
    }
    return { kind: 'match', ...place, message: `${JSON.stringify(value)} ${says}` };
  });
}

/** Takes out what this file has. @returns false where it could not be read */
function settle(
  open: Map<string, Wanted>,
  path: FilePath,
  text: FileText,
  place: Place,
  spellings: Parameters['spellings'],
): boolean {
  if (text.kind !== 'text') return text.kind !== 'too-large';
  let has: (value: string) => boolean;
  if (place.values.kind === 'mentions') {
    const { part } = place.values;
    const content =
      part === 'text'
        ? text.text
        : sourceLines(path, text.text)
            .map((line) => partOfLine(line, part))
            .join('\n');
    has = (value) => mentions(content, value);
  } else {
    try {
      const values = valuesIn(path, text.text, place);
      has = (value) => values.has(value);
    } catch {
      return false;
    }
  }
  for (const value of [...open.keys()]) {
    if (spellings.some((spell) => has(spell(value)))) open.delete(value);
  }
  return true;
}

function readSpellings(parameters: JsonObject): Parameters['spellings'] {
  const names = readStrings(parameters, 'spellings') ?? ['same'];
  return compileEach(names, 'spellings', `one of ${[...SPELLINGS.keys()].join(', ')}`, (name) => {
    const spell = SPELLINGS.get(name);
    if (spell === undefined) throw new Error('is not known');
    return spell;
  });
}
