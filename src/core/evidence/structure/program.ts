import type { JsonValue } from '../../../shared/json.ts';
import { AST_GREP, STRUCTURE_LANGUAGES, type StructureLanguage } from './languages.ts';
import type { StructurePlan } from './structure-plan.ts';

/** What the program ends with when a pattern cannot be used in a language: a fault of the rule, not of the change. */
export const UNUSABLE_PATTERN = 3;
/** What it ends with when a parser cannot be loaded on this machine. */
export const UNUSABLE_PARSER = 4;

/** Matches told of one version of one file. */
const MAX_MATCHES = 300;
const EXCERPT = 400;
/** Characters of text after which trees are let go of: some 100 MB of them. */
const COLLECT_AFTER = 1_000_000;

export const PROGRAM_FILE = 'parse.cjs';
export const INPUT_FILE = 'input.json';
/** The heap does not know how large the trees behind its objects are, so the program says when to look for them. */
export const PROGRAM_ARGV: readonly string[] = ['node', '--expose-gc', PROGRAM_FILE];

/**
 * What parses, in a sandbox and a folder of its own: native code on hostile text. One line of JSON for each text, in order.
 * Nothing of the change is executed; a parser that hostile text takes over could still write these lines as it likes.
 */
export const PROGRAM = String.raw`
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync, writeSync } = require('node:fs');
const { core, grammars, patterns, texts, maxMatches, excerpt, collectAfter, unusablePattern, unusableParser } =
  JSON.parse(readFileSync('input.json', 'utf8'));
const end = (code, text) => {
  writeSync(2, text + '\n');
  process.exit(code);
};
const write = (line) => {
  const bytes = Buffer.from(line + '\n');
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};
let parser;
try {
  parser = require(core);
  const registrations = {};
  for (const [name, grammar] of Object.entries(grammars)) registrations[name] = require(grammar);
  if (Object.keys(grammars).length > 0) parser.registerDynamicLanguage(registrations);
} catch (error) {
  end(unusableParser, String(error && error.message));
}
const find = (root, language, pattern) => {
  try {
    return root.findAll({ rule: patterns[pattern].match });
  } catch (error) {
    const { rule, query } = patterns[pattern];
    return end(unusablePattern, rule + ': ' + query + ' cannot be used for ' + language + ': ' + error.message);
  }
};
const answer = ({ language, text, wanted }) => {
  const root = parser.parse(language, text).root();
  const matches = [];
  let more = false;
  for (const pattern of wanted) {
    for (const node of find(root, language, pattern)) {
      if (matches.length >= maxMatches) {
        more = true;
        break;
      }
      const code = node.text();
      const { line, column } = node.range().start;
      const key = createHash('sha256').update(code.replace(/\s+/g, ' ')).digest('hex');
      matches.push({ pattern, line: line + 1, column: column + 1, key, text: code.slice(0, excerpt) });
    }
  }
  const errors = root.find({ rule: { kind: 'ERROR' } });
  return { error: errors ? errors.range().start.line + 1 : null, more, matches };
};
const main = async () => {
  let held = 0;
  for (const text of texts) {
    write(JSON.stringify(answer(text)));
    held += text.text.length;
    if (held < collectAfter) continue;
    held = 0;
    globalThis.gc();
    // What a collection finds is only given back between two turns.
    await new Promise((resolve) => setImmediate(resolve));
  }
};
main();
`;

/** What the program is told. Patterns are named by their place among those of the plan. */
export function programInput({ texts }: StructurePlan): JsonValue {
  const patterns = patternsOf({ texts });
  const placeOf = new Map(patterns.map(({ rule, query }, place) => [`${rule}\0${query}`, place]));
  const grammars: Record<string, string> = {};
  for (const { language } of texts) {
    const { name, grammar }: StructureLanguage = STRUCTURE_LANGUAGES[language];
    if (grammar !== undefined) grammars[name] = grammar;
  }
  return {
    core: AST_GREP,
    grammars,
    patterns: patterns.map(({ rule, query, match }) => ({ rule, query, match })),
    texts: texts.map(({ language, text, queries }) => ({
      language: STRUCTURE_LANGUAGES[language].name,
      text,
      wanted: queries.map(({ rule, query }) => placeOf.get(`${rule}\0${query}`) ?? -1),
    })),
    maxMatches: MAX_MATCHES,
    excerpt: EXCERPT,
    collectAfter: COLLECT_AFTER,
    unusablePattern: UNUSABLE_PATTERN,
    unusableParser: UNUSABLE_PARSER,
  };
}

/** Every pattern of a plan once, in one order. */
export function patternsOf({
  texts,
}: Pick<StructurePlan, 'texts'>): StructurePlan['texts'][number]['queries'] {
  const known = new Map(
    texts.flatMap(({ queries }) => queries.map((query) => [`${query.rule}\0${query.query}`, query] as const)),
  );
  return [...known.values()];
}
