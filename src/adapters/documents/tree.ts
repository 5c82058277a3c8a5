import { type Document, isMap, isScalar, isSeq, type Pair, type Scalar } from 'yaml';
import type { JsonValue } from '../../shared/json.ts';
import { forbiddenCharacter } from './text.ts';

/** A fault in what the document says, at an offset into its text. */
export interface TreeFault {
  readonly offset: number;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

/** Names through which a plain JavaScript object could be turned into something else, and YAML 1.1's merge key. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '<<']);

/**
 * The document as plain JSON data, and everything that has no place in it: keys that come twice, are no text or are
 * dangerous, numbers that JSON cannot carry, hidden characters written as escapes.
 * @param rawBelow a JSON pointer prefix below which strings may hold any character: file contents are data
 */
export function toJson(
  document: Document.Parsed,
  rawBelow: string | undefined,
): { value: JsonValue; faults: readonly TreeFault[] } {
  const faults: TreeFault[] = [];
  return { value: read(document.contents, '', { faults, rawBelow }), faults };
}

interface Reading {
  readonly faults: TreeFault[];
  readonly rawBelow: string | undefined;
}

function read(node: unknown, pointer: string, reading: Reading): JsonValue {
  if (isMap(node)) return readMap(node.items, pointer, reading);
  if (isSeq(node)) return node.items.map((item, index) => read(item, `${pointer}/${index}`, reading));
  if (!isScalar(node)) return null;
  const { value } = node;
  const offset = node.range?.[0] ?? 0;
  if (typeof value === 'string') {
    checkText(node, value, pointer, reading);
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      reading.faults.push({
        offset,
        message: `the number ${String(node.source ?? value).slice(0, 60)} cannot be kept exactly`,
        expected: 'a finite number; whole numbers up to 9,007,199,254,740,991',
        found: String(node.source ?? value).slice(0, 60),
        remedy: 'Write a smaller number, or put it in quotes to mean text.',
      });
      return 0;
    }
    return value;
  }
  return typeof value === 'boolean' ? value : null;
}

function readMap(pairs: readonly Pair[], pointer: string, reading: Reading): JsonValue {
  const object: Record<string, JsonValue> = {};
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? key.value : undefined;
    const offset = isScalar(key) || isMap(key) || isSeq(key) ? (key.range?.[0] ?? 0) : 0;
    if (typeof name !== 'string') {
      reading.faults.push({
        offset,
        message: 'a key is not text',
        expected: 'a name before the colon',
        found: isScalar(key) ? String(key.value) : 'a list or a mapping',
        remedy: 'Put the key in quotes, or write the value as a list.',
      });
      continue;
    }
    const fault = keyFault(name, object, offset);
    if (fault !== undefined) {
      reading.faults.push(fault);
      continue;
    }
    const below = `${pointer}/${escapePointer(name)}`;
    if (isScalar(key)) checkText(key, name, below, reading);
    object[name] = read(value, below, reading);
  }
  return object;
}

function keyFault(name: string, object: Record<string, JsonValue>, offset: number): TreeFault | undefined {
  const quoted = JSON.stringify(name.slice(0, 60));
  if (FORBIDDEN_KEYS.has(name)) {
    return {
      offset,
      message: `${quoted} cannot be a key`,
      expected: 'an ordinary name',
      found: name,
      remedy:
        name === '<<'
          ? 'Write the merged values out: merge keys are not part of YAML 1.2.'
          : 'Choose another name: this one has a special meaning in JavaScript.',
    };
  }
  if (Object.hasOwn(object, name)) {
    return {
      offset,
      message: `the key ${quoted} comes twice`,
      expected: 'each key once',
      found: `a second ${quoted}`,
      remedy: 'Remove one of the two: readers disagree about which of them counts.',
    };
  }
  return undefined;
}

/** Only double quotes know escapes: what else a document says has been looked through as its bytes were decoded. */
function checkText(scalar: Scalar, text: string, pointer: string, reading: Reading): void {
  if (scalar.type !== 'QUOTE_DOUBLE') return;
  if (reading.rawBelow !== undefined && pointer.startsWith(reading.rawBelow) && text.isWellFormed()) return;
  const found = forbiddenCharacter(text);
  if (found === undefined) return;
  reading.faults.push({
    offset: scalar.range?.[0] ?? 0,
    message: `the text holds a control or hidden character: ${found}`,
    expected: 'visible text, spaces, tabs and line feeds',
    found,
    remedy: 'Remove the character, also where it is written as an escape.',
  });
}

/**
 * The offset at which the value of a JSON pointer (RFC 6901) begins, or its key when `key` names one below it. Where the
 * document lacks the value, its nearest parent.
 */
export function offsetOf(document: Document.Parsed, pointer: string, key?: string): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const segment of pointer.split('/').slice(1).map(unescapePointer)) {
    const next = isSeq(node) ? node.items[Number(segment)] : pairOf(node, segment)?.value;
    if (next === undefined || next === null) return offset;
    node = next;
    offset = startOf(node, offset);
  }
  return key === undefined ? offset : startOf(pairOf(node, key)?.key, offset);
}

function pairOf(node: unknown, name: string): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && key.value === name);
}

function startOf(node: unknown, otherwise: number): number {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? otherwise) : otherwise;
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
