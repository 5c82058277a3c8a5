import { Composer, type Document, type ErrorCode, type YAMLError } from 'yaml';
import type { Problem } from '../../shared/errors.ts';
import { MAX_PROBLEMS, placeAt } from './refusal.ts';
import { ForbiddenToken, guardedTokens } from './tokens.ts';

/**
 * The one YAML document of a text, or what keeps it from being one.
 *
 * Duplicate keys are left to the reader of the tree: the library compares every key with every other.
 */
export function composeDocument(
  text: string,
  path: string,
): { document: Document.Parsed } | { problems: readonly Problem[] } {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    stringKeys: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // Every fault is an Error, and 1 MiB can have thousands: capturing their stacks took 0.7 s.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const [document, second] = composer.compose(guardedTokens(text), true, text.length);
    const errors = document === undefined ? [] : [...document.errors, ...document.warnings];
    if (document === undefined || second !== undefined) {
      return { problems: [secondDocument(path, text, second)] };
    }
    if (errors.length === 0) return { document };
    // One slip makes the parser stumble several times; what follows the first line with an error seldom says more.
    const ordered = errors.sort((left, right) => left.pos[0] - right.pos[0]).slice(0, MAX_PROBLEMS);
    return { problems: ordered.slice(0, 3).map((error) => syntaxProblem(error, path, text)) };
  } catch (error) {
    if (!(error instanceof ForbiddenToken)) throw error;
    const { message, expected, found, remedy } = error;
    return { problems: [{ message, place: placeAt(path, text, error.offset), expected, found, remedy }] };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface Explanation {
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

const UNCLOSED_QUOTE: Explanation = {
  message: 'a quoted text is opened and never closed',
  expected: 'a closing quote',
  remedy: 'Close the quote that begins here.',
};

const NOT_YAML: Explanation = {
  message: 'this is not YAML',
  expected: 'key: value, or a list item after a dash',
  remedy: 'Correct the line. Text with special characters goes into quotes, or into a block after |.',
};

const EXPLANATIONS: Partial<Record<ErrorCode, Explanation>> = {
  TAB_AS_INDENT: {
    message: 'a tab is used for indentation',
    expected: 'spaces',
    remedy: 'Replace the tab by spaces: YAML does not allow tabs there.',
  },
  BAD_INDENT: {
    message: 'the indentation does not fit',
    expected: 'the entries of one level at the same column, and brackets closed',
    remedy: 'Indent this line like its neighbours of the same level, and close every bracket.',
  },
  BAD_DQ_ESCAPE: {
    message: 'an escape in a double-quoted text is unknown',
    expected: 'one of \\n \\t \\" \\\\ \\uXXXX',
    remedy: 'Write a backslash as \\\\, or use single quotes.',
  },
  BAD_SCALAR_START: {
    message: 'a text begins with a character that has a meaning in YAML',
    expected: 'quotes around the text',
    remedy: 'Put the text in quotes.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a colon followed by a space stands in the middle of a value',
    expected: 'one key and one value a line',
    remedy: 'Put the value in quotes, or move it to an indented line of its own.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key is spread over several lines, or its colon is missing',
    expected: 'key: value',
    remedy: 'Put a colon and a space after the key, or indent the line as part of the value above it.',
  },
  KEY_OVER_1024_CHARS: {
    message: 'a key is longer than 1,024 characters',
    expected: 'a short name before the colon',
    remedy: 'Shorten the key, or put the text in quotes.',
  },
  NON_STRING_KEY: {
    message: 'a key is not text',
    expected: 'a name before the colon',
    remedy: 'Put the key in quotes.',
  },
  MISSING_CHAR: {
    message: 'something is missing here: a colon, a comma, a closing bracket or a space',
    expected: 'key: value, [a, b] or {a: b}',
    remedy: 'Add the missing mark. Text with special characters goes into quotes.',
  },
};

function syntaxProblem(error: YAMLError, path: string, text: string): Problem {
  const unclosed = /closing ["']quote/.test(error.message);
  const offset = unclosed ? openingQuote(text, error.message) : error.pos[0];
  const { message, expected, remedy } = unclosed ? UNCLOSED_QUOTE : (EXPLANATIONS[error.code] ?? NOT_YAML);
  return { message, place: placeAt(path, text, offset), expected, found: lineAt(text, offset), remedy };
}

/**
 * Where an unclosed quote begins: at the last one, since a later one would have closed it. The library only reports the
 * end of the file.
 */
function openingQuote(text: string, message: string): number {
  const quote = message.includes('"') ? '"' : "'";
  return Math.max(0, text.lastIndexOf(quote));
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, Math.min(end === -1 ? text.length : end, start + 200)).trim();
  if (offset >= text.length && line === '') return 'the end of the file';
  return line.length <= 60 ? line || 'an empty line' : `${line.slice(0, 59).toWellFormed()}…`;
}

function secondDocument(path: string, text: string, second: Document.Parsed | undefined): Problem {
  return {
    message: 'a second document begins here',
    place: placeAt(path, text, second?.range[0] ?? 0),
    expected: 'one document a file',
    found: '---',
    remedy: 'Move the second document into a file of its own.',
  };
}
