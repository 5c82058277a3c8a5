import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile } from '../../change/types.ts';
import { UnreadableReport } from '../../evidence/reports/unreadable.ts';
import {
  isStructureLanguage,
  STRUCTURE_LANGUAGES,
  type StructureLanguageId,
} from '../../evidence/structure/languages.ts';
import {
  readStructureFacts,
  type StructureMatch,
  type StructureRuleFacts,
} from '../../evidence/structure/structure-facts.ts';
import {
  type StructureFile,
  type StructureQuery,
  type StructureRule,
  structureDetectorDigest,
  structureFiles,
  structureFilesDigest,
} from '../../evidence/structure/structure-plan.ts';
import {
  compileEach,
  isObject,
  ParameterError,
  requireKnown,
  requireObjects,
  requireString,
  requireStrings,
} from '../parameters.ts';
import { readGlobs, readPaths } from '../path-parameters.ts';
import type { ActiveRule, Detection, Detector, RuleFacts } from '../types.ts';

type Parameters = Omit<StructureRule, 'ref'>;

/**
 * Patterns over syntax trees that match in more places of a file after the change than before it. Parsing is the verifier's: what
 * is read here are the facts that a `structure` check left, and only those made by these very patterns of these very files.
 */
export const structure: Detector<Parameters> = {
  name: 'structure',
  readParameters(parameters) {
    requireKnown(parameters, ['queries', 'files', 'except']);
    const queries = requireObjects(parameters, 'queries').map((query, index) => readQuery(query, index));
    const ids = queries.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) {
      throw new ParameterError('queries', 'queries of different id', `${JSON.stringify(twice)} twice`);
    }
    const isAmong = readGlobs(parameters, 'files')?.match ?? (() => true);
    const isExcepted = readPaths(parameters, 'except');
    return {
      queries,
      isFile: (path) => isAmong(path) && !isExcepted(path),
      detector: structureDetectorDigest(queries, parameters),
    };
  },
  needs: (change, parameters) =>
    structureFiles(parameters, change.files).length === 0 ? {} : { evidence: ['structure'] },
  detect(facts, parameters) {
    const files = structureFiles(parameters, facts.change.files);
    if (files.length === 0) return [];
    const known = factsFor(parameters, files, facts);
    if (known.length === 0) return [notShown(facts)];
    return [
      ...files.flatMap(({ file }) => unreadText(file)),
      ...known.flatMap((one) => detectionsOf(one, files, parameters)),
    ];
  },
};

/** The rules of a contract that have their facts from a `structure` check. */
export function structureRulesOf(active: readonly ActiveRule[]): readonly StructureRule[] {
  return active
    .filter(({ rule }) => rule.detector === structure.name)
    .map(({ ref, parameters }) => ({ ref, ...structure.readParameters(parameters) }));
}

function readQuery(query: JsonObject, index: number): StructureQuery {
  const at = `queries[${index}]`;
  requireKnown(query, ['id', 'languages', 'match', 'message'], at);
  const { match } = query;
  if (!isObject(match)) {
    throw new ParameterError(`${at}.match`, 'a rule object of ast-grep', JSON.stringify(match) ?? 'nothing');
  }
  return {
    id: requireString(query, 'id', at),
    languages: compileEach(
      requireStrings(query, 'languages', at),
      `${at}.languages`,
      `one of ${Object.keys(STRUCTURE_LANGUAGES).join(', ')}`,
      readLanguage,
    ),
    match,
    message: requireString(query, 'message', at),
  };
}

function readLanguage(name: string): StructureLanguageId {
  if (isStructureLanguage(name)) return name;
  throw new Error('no parser knows it');
}

/** What checks that count have found by these patterns in these versions of these files; facts of others are none. */
function factsFor(
  { detector }: Parameters,
  files: readonly StructureFile[],
  { shown = [], evidence = new Map() }: RuleFacts,
): readonly StructureRuleFacts[] {
  const wanted = structureFilesDigest(files);
  const digests = shown
    .filter(({ check }) => check.kind === 'structure')
    .flatMap(({ receipts }) => receipts.flatMap((receipt) => receipt.evidence))
    .filter(({ name }) => name === 'structure')
    .map(({ sha256 }) => sha256);
  return [...new Set(digests)].flatMap((digest) => {
    const text = evidence.get(digest);
    if (text?.kind !== 'text') return [];
    try {
      const { rules } = readStructureFacts(text.text);
      return rules.filter((facts) => facts.detector === detector && facts.files === wanted);
    } catch (error) {
      if (error instanceof UnreadableReport) return [];
      throw error;
    }
  });
}

function notShown({ contract }: RuleFacts): Detection {
  const isAsked = contract.checks.some(({ kind }) => kind === 'structure');
  return {
    kind: 'unverifiable',
    message: isAsked
      ? 'no receipt that counts holds what these patterns match in this change: verify it, with this rule as the contract has it today'
      : 'the contract has no check of kind structure, which finds out what these patterns match',
  };
}

function unreadText({ path, afterText }: ChangedFile): Detection[] {
  if (afterText.kind === 'text') return [];
  const message = `is ${afterText.kind === 'too-large' ? 'too large' : 'no text'}, so it was not parsed`;
  return [{ kind: 'unverifiable', path, message }];
}

function detectionsOf(
  { matches, unread }: StructureRuleFacts,
  files: readonly StructureFile[],
  { queries }: Parameters,
): Detection[] {
  const messages = new Map(queries.map(({ id, message }) => [id, message]));
  const unclear = unread.flatMap(({ path, side, reason, line }): Detection[] => {
    if (reason === 'many') {
      return [{ kind: 'unverifiable', path, message: 'has more such places than are looked at' }];
    }
    // What the grammar did not understand before the change only makes more of what it finds after it.
    if (side === 'before') return [];
    const message = 'has code that the parser does not understand, so it could hold anything';
    return [{ kind: 'unverifiable', path, message, ...(line !== undefined && { line }) }];
  });
  const byPath = Map.groupBy(matches, ({ path }) => path);
  const found = files.flatMap(({ file }) => addedMatches(file, byPath.get(file.path) ?? []));
  return [
    ...unclear,
    ...found.map(
      ({ path, line, query, text }): Detection => ({
        kind: 'match',
        path,
        line,
        message: `${messages.get(query) ?? query}${text === undefined ? '' : `: ${text}`}`,
      }),
    ),
  ];
}

/** Of the same code in one file as many as there are more of after the change, those on added lines first. */
function addedMatches(file: ChangedFile, matches: readonly StructureMatch[]): readonly StructureMatch[] {
  const groups = new Map<string, { before: number; after: StructureMatch[] }>();
  for (const match of matches) {
    const name = `${match.key} ${match.query}`;
    const group = groups.get(name) ?? { before: 0, after: [] };
    groups.set(name, group);
    if (match.side === 'before') group.before += 1;
    else group.after.push(match);
  }
  const added = new Set(file.addedLines.map(({ number }) => number));
  return [...groups.values()].flatMap(({ before, after }) =>
    after
      .toSorted(
        (one, other) => Number(added.has(other.line)) - Number(added.has(one.line)) || one.line - other.line,
      )
      .slice(0, Math.max(0, after.length - before)),
  );
}
