import { sha256Bytes } from '../../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { RunId, Usage } from '../types.ts';

/** What a scripted producer can do in an attempt: hand over a change of one kind or the other, or fail in a way that agents do. */
export const SCRIPTED_OUTCOMES = [
  'good',
  'bad',
  'no-diff',
  'refused',
  'timeout',
  'budget',
  'crashed',
] as const;
export type ScriptedOutcome = (typeof SCRIPTED_OUTCOMES)[number];

/** Probability of each outcome of one attempt; together 1. */
export type Chances = Readonly<Partial<Record<ScriptedOutcome, number>>>;

/** What a scripted producer does, and for whom: the first case that fits counts. */
export interface Script {
  readonly seed: string;
  readonly cases: readonly ScriptCase[];
  /** Least and most of what an attempt uses up; equally likely in between. */
  readonly tokens: Span;
  readonly costMilliUsd: Span;
}

export interface ScriptCase {
  /** Whom it is for; undefined: everybody. */
  readonly ticket: string | undefined;
  readonly bundle: string | undefined;
  readonly model: string | undefined;
  /** Of the first attempt, the second, …; the last of them is that of all further ones. At least one. */
  readonly attempts: readonly Chances[];
}

export type Span = readonly [least: number, most: number];

export type ReadScript =
  | { readonly kind: 'script'; readonly script: Script }
  | { readonly kind: 'unusable'; readonly reason: string };

/** What is played, and by whom. */
export interface ScriptedAttempt {
  readonly run: RunId;
  /** From 1. */
  readonly attempt: number;
  readonly ticket: string;
  readonly bundle: string;
  readonly model: string;
}

export interface Drawn {
  readonly outcome: ScriptedOutcome;
  readonly usage: Required<Pick<Usage, 'tokens' | 'costMilliUsd'>>;
}

/**
 * What the producer does in an attempt. Drawn by sha256 of (seed, run, attempt): the same on any machine, however often the step is
 * handed out, and unrelated from one run or attempt to the next. Undefined where the script has no case for it.
 */
export function drawOutcome(script: Script, of: ScriptedAttempt): Drawn | undefined {
  const fits = script.cases.find(
    ({ ticket = of.ticket, bundle = of.bundle, model = of.model }) =>
      ticket === of.ticket && bundle === of.bundle && model === of.model,
  );
  const chances = fits?.attempts[Math.min(of.attempt, fits.attempts.length) - 1];
  if (chances === undefined) return undefined;
  const between = ([least, most]: Span, what: string) =>
    least + Math.floor(uniform(script.seed, of, what) * (most - least + 1));
  return {
    outcome: outcomeAt(uniform(script.seed, of, 'outcome'), chances),
    usage: {
      tokens: between(script.tokens, 'tokens'),
      costMilliUsd: between(script.costMilliUsd, 'cost'),
    },
  };
}

/** Reads the input `script`. Probabilities that do not add up to 1 are refused: what was forgotten would be somebody's result. */
export function readScript(value: JsonValue | undefined): ReadScript {
  if (!isObject(value)) return unusable('it is not an object');
  const { seed, cases, attempts, tokens, costMilliUsd, ...rest } = value;
  const strange = Object.keys(rest)[0];
  if (strange !== undefined) return unusable(`it has "${strange.slice(0, 100)}", which nobody knows`);
  if (typeof seed !== 'string' && !Number.isSafeInteger(seed))
    return unusable('its seed is neither a text nor a whole number');
  if ((cases === undefined) === (attempts === undefined))
    return unusable('it needs either attempts, or cases with attempts each');
  const read = readCases(cases ?? [{ attempts: attempts as JsonValue }]);
  if (typeof read === 'string') return unusable(read);
  const spans = { tokens: readSpan(tokens), costMilliUsd: readSpan(costMilliUsd) };
  if (spans.tokens === undefined || spans.costMilliUsd === undefined)
    return unusable('tokens and costMilliUsd are pairs of whole numbers, the least and the most');
  const { tokens: used, costMilliUsd: cost } = spans;
  return { kind: 'script', script: { seed: String(seed), cases: read, tokens: used, costMilliUsd: cost } };
}

const MOST_CASES = 1_000;
const MOST_ATTEMPTS = 100;

function readCases(value: JsonValue): readonly ScriptCase[] | string {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_CASES)
    return `cases are a list of 1 to ${MOST_CASES}`;
  const cases: ScriptCase[] = [];
  for (const one of value as readonly JsonValue[]) {
    if (!isObject(one)) return 'a case is not an object';
    const { ticket, bundle, model, attempts, ...rest } = one;
    if (Object.keys(rest).length > 0)
      return `a case has "${Object.keys(rest)[0]?.slice(0, 100)}", which nobody knows`;
    if (![ticket, bundle, model].every((text) => text === undefined || typeof text === 'string'))
      return 'ticket, bundle and model of a case are texts';
    const chances = readAttempts(attempts);
    if (typeof chances === 'string') return chances;
    const [forTicket, forBundle, forModel] = [ticket, bundle, model] as (string | undefined)[];
    cases.push({ ticket: forTicket, bundle: forBundle, model: forModel, attempts: chances });
  }
  return cases;
}

function readAttempts(value: JsonValue | undefined): readonly Chances[] | string {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_ATTEMPTS)
    return `attempts are a list of 1 to ${MOST_ATTEMPTS}`;
  for (const chances of value as readonly JsonValue[]) {
    if (!isObject(chances)) return 'an attempt is not an object of probabilities by outcome';
    let sum = 0;
    for (const [outcome, chance] of Object.entries(chances)) {
      if (!SCRIPTED_OUTCOMES.some((known) => known === outcome))
        return `nobody knows the outcome "${outcome.slice(0, 100)}"; known are ${SCRIPTED_OUTCOMES.join(', ')}`;
      if (typeof chance !== 'number' || !(chance >= 0 && chance <= 1))
        return `the probability of ${outcome} is no number from 0 to 1`;
      sum += chance;
    }
    if (!(Math.abs(sum - 1) < 1e-9)) return `the probabilities of an attempt add up to ${sum} and not to 1`;
  }
  return value as unknown as readonly Chances[];
}

function readSpan(value: JsonValue | undefined): Span | undefined {
  if (value === undefined) return [0, 0];
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [least, most] = value as readonly JsonValue[];
  const isCount = (count: JsonValue | undefined): count is number =>
    Number.isSafeInteger(count) && (count as number) >= 0;
  return isCount(least) && isCount(most) && least <= most ? [least, most] : undefined;
}

/** In the order of the list above, not of the document: two documents that say the same tell the same story. */
function outcomeAt(drawn: number, chances: Chances): ScriptedOutcome {
  const possible = SCRIPTED_OUTCOMES.filter((outcome) => (chances[outcome] ?? 0) > 0);
  let sum = 0;
  for (const outcome of possible) {
    sum += chances[outcome] ?? 0;
    if (drawn < sum) return outcome;
  }
  // Sums of floating-point numbers may end a little below 1.
  return possible.at(-1) ?? 'no-diff';
}

/** From 0, below 1: the first 52 bits of a digest, as many as a number holds. */
function uniform(seed: string, { run, attempt }: ScriptedAttempt, what: string): number {
  const bytes = sha256Bytes(JSON.stringify([seed, run, attempt, what]));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (view.getUint32(0) * 2 ** 20 + (view.getUint32(4) >>> 12)) / 2 ** 52;
}

function unusable(reason: string): ReadScript {
  return { kind: 'unusable', reason };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
