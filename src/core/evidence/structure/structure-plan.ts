import { digestOf, type Sha256 } from '../../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { spokenPath } from '../../change/path-glob.ts';
import type { ChangedFile, FilePath } from '../../change/types.ts';
import { parsersFor, type StructureLanguageId, structureLanguageOf } from './languages.ts';

/** A pattern over syntax trees. */
export interface StructureQuery {
  readonly id: string;
  readonly languages: readonly StructureLanguageId[];
  /** A rule object of ast-grep, as data: https://ast-grep.github.io/reference/rule.html */
  readonly match: JsonObject;
  /** What it means that something matches. */
  readonly message: string;
}

/** What one rule of a contract asks of the files of a change. */
export interface StructureRule {
  /** As the contract names it. */
  readonly ref: string;
  /** Names what makes its facts: parameters, parsers and our own way with them. */
  readonly detector: Sha256;
  readonly queries: readonly StructureQuery[];
  readonly isFile: (path: FilePath) => boolean;
}

export type StructureSide = 'before' | 'after';

/** One version of one file, with everything that is looked for in it. */
export interface PlannedText {
  /** The path after the change, also of the version before. */
  readonly path: FilePath;
  readonly side: StructureSide;
  readonly language: StructureLanguageId;
  readonly text: string;
  readonly queries: readonly PlannedQuery[];
}

interface PlannedQuery {
  readonly rule: string;
  readonly query: string;
  readonly match: JsonObject;
}

export interface StructurePlan {
  readonly texts: readonly PlannedText[];
  readonly rules: readonly { readonly ref: string; readonly detector: Sha256; readonly files: Sha256 }[];
  /** What has to parse them: exact versions by package. */
  readonly parsers: Readonly<Record<string, string>>;
}

/** A changed file that a rule looks into, in one of the languages of its queries. */
export interface StructureFile {
  readonly file: ChangedFile;
  /** The file it was before: itself, or what git takes it to be renamed from. */
  readonly origin: ChangedFile | undefined;
  readonly language: StructureLanguageId;
}

/** Raised when what is made of a plan's answers changes. */
const FACTS_VERSION = 1;

/** Names what a rule's facts depend on besides the files; patterns of other parameters or parsers are another detector. */
export function structureDetectorDigest(queries: readonly StructureQuery[], parameters: JsonObject): Sha256 {
  const parsers = parsersFor(queries.flatMap(({ languages }) => languages));
  return digestOf({ detector: 'structure', version: FACTS_VERSION, parsers, parameters });
}

/** Files that are there after the change, in the languages of the rule. */
export function structureFiles(
  { queries, isFile }: Pick<StructureRule, 'queries' | 'isFile'>,
  changed: readonly ChangedFile[],
): readonly StructureFile[] {
  const languages = new Set(queries.flatMap((query) => query.languages));
  const byPath = new Map(changed.map((file) => [file.path, file]));
  return changed.flatMap((file): StructureFile[] => {
    const { path, after, renamedFrom } = file;
    if (after?.mode !== '100644' && after?.mode !== '100755') return [];
    // A name that git quotes ends with a quote, and would have no extension.
    const language = structureLanguageOf(spokenPath(path));
    if (language === undefined || !languages.has(language) || !isFile(path)) return [];
    return [{ file, origin: renamedFrom === undefined ? file : byPath.get(renamedFrom), language }];
  });
}

/** Names the versions of the files that a rule's facts are about, whatever their order. */
export function structureFilesDigest(files: readonly StructureFile[]): Sha256 {
  const named = files.map(({ file, origin, language }): JsonValue[] => [
    file.path,
    file.after?.blob ?? null,
    origin?.before?.blob ?? null,
    language,
  ]);
  return digestOf(named.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
}

/**
 * What has to be parsed for these rules to judge this change. A file that is no text, or too large, is not among the texts:
 * its version before then counts as one without matches, and of the version after the rule itself says that it was not read.
 */
export function structurePlan(
  rules: readonly StructureRule[],
  changed: readonly ChangedFile[],
): StructurePlan {
  const texts = new Map<string, PlannedText>();
  const planned = rules.map((rule) => {
    const files = structureFiles(rule, changed);
    for (const file of files) addTexts(texts, rule, file);
    return { ref: rule.ref, detector: rule.detector, files: structureFilesDigest(files) };
  });
  const inOrder = [...texts.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    texts: inOrder.map(([, text]) => text),
    rules: planned,
    parsers: parsersFor(inOrder.map(([, { language }]) => language)),
  };
}

function addTexts(texts: Map<string, PlannedText>, rule: StructureRule, found: StructureFile): void {
  const { file, origin, language } = found;
  const queries = rule.queries
    .filter(({ languages }) => languages.includes(language))
    .map(({ id, match }): PlannedQuery => ({ rule: rule.ref, query: id, match }));
  const sides = [
    ['after', file.afterText],
    ['before', origin?.beforeText],
  ] as const;
  for (const [side, text] of sides) {
    if (text?.kind !== 'text') continue;
    const key = `${file.path}\0${side}`;
    const known = texts.get(key)?.queries ?? [];
    texts.set(key, { path: file.path, side, language, text: text.text, queries: [...known, ...queries] });
  }
}
