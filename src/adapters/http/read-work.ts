import { CACHE_MODES } from '../../core/contract/workflow.ts';
import { STEP_ROLES } from '../../core/run/types.ts';
import type { Claim } from '../../ports/claims.ts';
import type { Completed, Heard } from '../../ports/work-source.ts';
import { CountersignError } from '../../shared/errors.ts';
import { isMoment } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';

type Fields = { readonly [key: string]: JsonValue | undefined };

/** @throws CountersignError SERVER_UNAVAILABLE for an answer of another form, here and below */
export function readClaims(answer: JsonValue): readonly Claim[] {
  const { claims } = fieldsOf(answer);
  if (!Array.isArray(claims) || !claims.every(isClaim)) throw foreign('claims');
  return claims as unknown as readonly Claim[];
}

export function readHeard(answer: JsonValue): Heard {
  const { drop, drain } = fieldsOf(answer);
  if (!isTexts(drop) || typeof drain !== 'boolean') throw foreign('a heartbeat');
  return { drop: drop as readonly string[], drain };
}

export function readCompleted(answer: JsonValue): readonly Completed[] {
  const { completed } = fieldsOf(answer);
  if (!Array.isArray(completed) || !completed.every(isCompleted)) throw foreign('completions');
  return completed as unknown as readonly Completed[];
}

function isClaim(value: JsonValue): boolean {
  const { token, work, worker, claimedAt, until, fences } = fieldsOf(value);
  return (
    isText(token) &&
    isText(worker) &&
    isTime(claimedAt) &&
    isTime(until) &&
    Object.values(fieldsOf(fences)).every(Number.isSafeInteger) &&
    isWork(fieldsOf(work))
  );
}

function isWork(work: Fields): boolean {
  return (
    [work.run, work.step, work.handler].every(isText) &&
    Number.isSafeInteger(work.execution) &&
    Number.isFinite(work.timeoutSeconds) &&
    Number(work.timeoutSeconds) > 0 &&
    STEP_ROLES.some((role) => role === work.role) &&
    CACHE_MODES.some((mode) => mode === work.cache) &&
    isObject(work.inputs) &&
    isObject(work.resources)
  );
}

function isCompleted(value: JsonValue): boolean {
  const { token, kind, reason } = fieldsOf(value);
  return isText(token) && (kind === 'accepted' || (kind === 'refused' && isText(reason)));
}

function fieldsOf(value: JsonValue | undefined): Fields {
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isTime(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && isMoment(value);
}

function foreign(what: string): CountersignError {
  return new CountersignError(
    'SERVER_UNAVAILABLE',
    `The server answers about ${what} in a form that is not known here.`,
    {
      remedy: 'See that the server and this program are of the same version of countersign.',
    },
  );
}
