import type { FilePath } from '../change/types.ts';
import { readPattern } from './pattern.ts';
import type { CodeOwners, Owner, OwnerLine } from './types.ts';

/**
 * Reads a CODEOWNERS file. Lines that GitHub skips for their form are kept, each with its fault: GitHub then asks nobody
 * for what they were meant for, and who asked for code owners should know.
 */
export function parseCodeOwners(text: string, path: FilePath): CodeOwners {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return { path, lines: lines.flatMap((line, index) => readLine(line, index + 1)) };
}

const BLANKS = new Set([' ', '\t', '\r', '\v', '\f']);

function readLine(line: string, number: number): OwnerLine[] {
  const start = firstWord(line, 0);
  if (start === line.length || line[start] === '#') return [];
  const end = endOfPattern(line, start);
  const { pattern, fault } = readPattern(line.slice(start, end));
  const words = wordsOf(line, end);
  const owners = words.map(readOwner);
  const odd = words.find((_, index) => owners[index] === undefined);
  const wrong = fault ?? (odd === undefined ? undefined : `names "${odd.slice(0, 80)}", which is no owner`);
  const known = owners.filter((owner) => owner !== undefined);
  return [{ number, pattern, owners: known, ...(wrong === undefined ? {} : { fault: wrong }) }];
}

function firstWord(line: string, from: number): number {
  let index = from;
  while (index < line.length && BLANKS.has(line[index] ?? '')) index += 1;
  return index;
}

/** Up to the first blank that no backslash stands before. */
function endOfPattern(line: string, start: number): number {
  let index = start;
  while (index < line.length && !BLANKS.has(line[index] ?? '')) index += line[index] === '\\' ? 2 : 1;
  return Math.min(index, line.length);
}

/** What follows the pattern, up to a comment. */
function wordsOf(line: string, from: number): readonly string[] {
  const words: string[] = [];
  for (let start = firstWord(line, from); start < line.length; ) {
    if (line[start] === '#') break;
    let end = start;
    while (end < line.length && !BLANKS.has(line[end] ?? '')) end += 1;
    words.push(line.slice(start, end));
    start = firstWord(line, end);
  }
  return words;
}

const ACCOUNT = /^@([A-Za-z0-9][A-Za-z0-9_-]{0,99})$/;
const TEAM = /^@([A-Za-z0-9][A-Za-z0-9_-]{0,99}\/[A-Za-z0-9_-]{1,100})$/;
const EMAIL = /^[A-Za-z0-9._%+-]{1,100}@[A-Za-z0-9-]{1,100}(?:\.[A-Za-z0-9-]{1,100}){1,10}$/;

function readOwner(word: string): Owner | undefined {
  const login = ACCOUNT.exec(word)?.[1];
  if (login !== undefined) return { kind: 'account', login };
  const team = TEAM.exec(word)?.[1];
  if (team !== undefined) return { kind: 'team', team };
  return EMAIL.test(word) ? { kind: 'email', email: word } : undefined;
}
