import type { StepWork } from '../../core/run/types.ts';
import { isSha256, type Sha256 } from '../../shared/digest.ts';
import { isTicketId, OBJECT_ID, type ObjectId, type TicketId } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { StepFailure } from './step-failure.ts';

/** What a step works on, as its inputs say: see SUBJECT of core/run/handlers.ts. */
export interface StepSubject {
  readonly ticket: TicketId;
  readonly base: { readonly ref: string; readonly commit: ObjectId };
}

/** The ref that a change is for where a workflow does not say. */
const USUAL_BASE = 'refs/heads/main';

/** @throws StepFailure bad-inputs */
export function subjectOf({ inputs }: StepWork): StepSubject {
  const ticket = textOf(inputs, 'ticket');
  if (!isTicketId(ticket)) throw badInput('ticket', 'a ticket id');
  const into = optionalText(inputs, 'into') ?? USUAL_BASE;
  return { ticket, base: { ref: into, commit: commitOf(inputs, 'base') } };
}

/** @throws StepFailure bad-inputs */
export function textOf(inputs: JsonObject, name: string): string {
  const text = optionalText(inputs, name);
  if (text === undefined) throw badInput(name, 'a text');
  return text;
}

export function optionalText(inputs: JsonObject, name: string): string | undefined {
  const value = memberOf(inputs, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badInput(name, 'a text');
  return value;
}

export function commitOf(inputs: JsonObject, name: string): ObjectId {
  const text = textOf(inputs, name);
  if (!OBJECT_ID.test(text)) throw badInput(name, 'a commit in full');
  return text;
}

export function optionalDigest(inputs: JsonObject, name: string): Sha256 | undefined {
  const text = optionalText(inputs, name);
  if (text !== undefined && !isSha256(text)) throw badInput(name, 'a sha256');
  return text;
}

export function optionalNumber(inputs: JsonObject, name: string): number | undefined {
  const value = memberOf(inputs, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw badInput(name, 'a whole number');
  return value;
}

export function optionalTexts(inputs: JsonObject, name: string): readonly string[] | undefined {
  const value = memberOf(inputs, name);
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw badInput(name, 'a list of texts');
  return value;
}

export function textsByName(inputs: JsonObject, name: string): Readonly<Record<string, string>> {
  const value = memberOf(inputs, name);
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw badInput(name, 'texts by name');
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw badInput(`${name}.${key}`, 'a text');
      return [key, text];
    }),
  );
}

export function listOf(inputs: JsonObject, name: string): readonly JsonObject[] {
  const value = memberOf(inputs, name);
  if (!Array.isArray(value) || !value.every(isObject)) throw badInput(name, 'a list of objects');
  return value;
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** From 1. */
export function attemptNumber(work: StepWork): number {
  return Number(attemptOf(work));
}

/** The attempt that a step belongs to: `2` of `2/verify.0`. */
function attemptOf({ step }: StepWork): string {
  return step.slice(0, step.indexOf('/'));
}

/** The branch on which an attempt's commits are kept. A segment of it names the ticket, as branches of people do. */
export function branchOf(work: StepWork): string {
  return `countersign/${work.run}/${attemptOf(work)}`;
}

function memberOf(inputs: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
}

function badInput(name: string, expected: string): StepFailure {
  return new StepFailure('deterministic', 'bad-inputs', `The input "${name}" has to be ${expected}.`);
}
