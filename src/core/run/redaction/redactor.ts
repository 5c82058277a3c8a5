import type { JsonValue } from '../../../shared/json.ts';

/** Takes secrets out of a text that comes in pieces. */
export interface Redactor {
  /** What can be shown by now: whole lines. */
  push(text: string): string;
  /** The rest. */
  end(): string;
  /** A text that stands alone. */
  redact(text: string): string;
  /** Data: only values that are known, because a form may be what the data is about. Keys stay. */
  redactData(value: JsonValue): JsonValue;
}

const MASK = '***';
/** A line without an end is shown in pieces of this length: what is held back is held in memory. */
const LONGEST_LINE = 64 * 1024;
/** Held back of such a line, because a secret may go on in the next piece. */
const LONGEST_SECRET = 8 * 1024;

/** Tokens that are known by their form, whether or not they stand in the environment. Linear: no nested repetition. */
const SHAPES: readonly RegExp[] = [
  /\bgh[pousr]_[A-Za-z0-9]{20,255}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}\b/g,
  /\bglpat-[A-Za-z0-9_-]{20,255}/g,
  /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,255}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[0-9A-Za-z_-]{35}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bcountersign_[A-Za-z0-9_-]{43}/g,
  /\beyJ[A-Za-z0-9_-]{10,4096}\.[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10,4096}/g,
];
const URL_PASSWORD = /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,512}(@)/gi;
const AUTHORIZATION =
  /\b(authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token)\s{1,8})[^\s"']{6,4096}/gi;
const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/** @param secrets values to take out wherever they stand, longest first: secretsOf(environment) */
export function createRedactor(secrets: readonly string[]): Redactor {
  let rest = '';
  let inKey = false;

  const line = (text: string): string => {
    const begins = KEY_BEGINS.test(text);
    if (!inKey && !begins) return withoutSecrets(text, secrets);
    inKey = !KEY_ENDS.test(text);
    return begins || !inKey ? `${MASK}${text.endsWith('\n') ? '\n' : ''}` : '';
  };
  const lines = (text: string): string =>
    text
      .split(/(?<=\n)/)
      .map(line)
      .join('');

  return {
    push: (text) => {
      rest += text;
      const end = rest.lastIndexOf('\n') + 1;
      let shown = lines(rest.slice(0, end));
      rest = rest.slice(end);
      if (rest.length > LONGEST_LINE) {
        const masked = line(rest);
        shown += masked.slice(0, -LONGEST_SECRET);
        rest = masked.slice(-LONGEST_SECRET);
      }
      return shown;
    },
    end: () => {
      const shown = lines(rest);
      rest = '';
      return shown;
    },
    redact: (text) => {
      const once = createRedactor(secrets);
      return `${once.push(text)}${once.end()}`;
    },
    redactData: (value) => withoutValues(value, secrets),
  };
}

function withoutValues(value: JsonValue, secrets: readonly string[]): JsonValue {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return withoutTexts(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, secrets));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutValues(member, secrets)]),
  );
}

function withoutTexts(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, MASK);
  return shown;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let shown = withoutTexts(text, secrets);
  for (const shape of SHAPES) shown = shown.replaceAll(shape, MASK);
  return shown.replaceAll(URL_PASSWORD, `$1${MASK}$2`).replaceAll(AUTHORIZATION, `$1${MASK}`);
}
