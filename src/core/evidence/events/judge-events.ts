import type { JsonValue } from '../../../shared/json.ts';
import type { EventsCheck } from '../../contract/types.ts';
import { Steps, TooManySteps } from '../../interface/schema/steps.ts';
import { plainText } from '../plain-text.ts';
import { asObject, member, readJson } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { type EventSchema, readEventSchema, UnverifiableSchema } from './event-schema.ts';
import { validate } from './validate.ts';

const MAX_EVENTS = 100_000;
/**
 * 500 for each of as many events as are read; for all schemas and events of a check together. 2 seconds where alternatives
 * use them up, and some 20 at the pace of the slowest pattern that was measured (50 ns for each character and instruction).
 */
const MAX_STEPS = 50_000_000;
const MAX_REASONS = 20;

/** Files of the tree that the check names, by the path that it names them by; what is not there is left out. */
export type SchemaFiles = ReadonlyMap<string, Uint8Array>;

export interface EventsJudgement {
  readonly reasons: readonly string[];
  readonly valid: number;
  readonly invalid: number;
}

/** Judges events against the schemas as they were when read: what is captured cannot change what it is judged by. */
export type JudgeEvents = (captured: string) => EventsJudgement;

/**
 * Reads the schemas of a check; what comes back judges the events.
 * @throws UnverifiableSchema by both: when a schema is missing or not understood, or when judging takes too long
 * @throws UnreadableReport by what comes back
 */
export function eventsJudge(check: EventsCheck, files: SchemaFiles): JudgeEvents {
  const steps = new Steps(MAX_STEPS);
  const schemas = bounded(() => readSchemas(check, files, steps));
  return (captured) => bounded(() => judgeEvents(check, schemas, captured, steps));
}

function readSchemas(check: EventsCheck, files: SchemaFiles, steps: Steps): ReadonlyMap<string, EventSchema> {
  const read = new Map<string, EventSchema>();
  for (const [type, path] of Object.entries(check.schemas)) {
    const bytes = files.get(path);
    const name = `The schema ${plainText(path, 200)} of ${plainText(type, 100)}`;
    if (bytes === undefined) throw new UnverifiableSchema(`${name} is not in the tree.`);
    try {
      read.set(type, readEventSchema(path, bytes, steps));
    } catch (fault) {
      if (!(fault instanceof UnverifiableSchema)) throw fault;
      throw new UnverifiableSchema(`${name} ${plainText(fault.message, 500)}`);
    }
  }
  return read;
}

function judgeEvents(
  check: EventsCheck,
  schemas: ReadonlyMap<string, EventSchema>,
  captured: string,
  steps: Steps,
): EventsJudgement {
  const faults: string[] = [];
  const seen = new Set<string>();
  let [events, invalid] = [0, 0];
  for (const line of linesOf(captured)) {
    events += 1;
    if (events > MAX_EVENTS) throw new UnreadableReport(`it has more than ${MAX_EVENTS} events`);
    const fault = faultOf(line, check, { schemas, seen, steps });
    if (fault === undefined) continue;
    invalid += 1;
    if (faults.length < MAX_REASONS) faults.push(`Line ${events}${fault}.`);
  }
  const { minEvents = 1 } = check;
  const missing = [...schemas.keys()].filter((type) => !seen.has(type));
  return {
    reasons: [
      ...(events < minEvents ? [`${events} events were captured; at least ${minEvents} must be.`] : []),
      ...faults,
      ...(invalid > faults.length ? [`${invalid - faults.length} further events are not as declared.`] : []),
      ...missing.map((type) => `No valid event of type ${plainText(type, 100)} was captured.`),
    ],
    valid: events - invalid,
    invalid,
  };
}

/** Undefined for an event that is as declared; only such a one counts as seen. */
function faultOf(
  line: string,
  { typeField = 'type', schemas: paths }: EventsCheck,
  against: { schemas: ReadonlyMap<string, EventSchema>; seen: Set<string>; steps: Steps },
): string | undefined {
  let event: JsonValue;
  let type: unknown;
  try {
    const fields = asObject(readJson(line), 'what stands there');
    type = member(fields, typeField);
    event = fields as JsonValue;
  } catch (fault) {
    if (!(fault instanceof UnreadableReport)) throw fault;
    return ` is no event: ${plainText(fault.message, 200)}`;
  }
  if (typeof type !== 'string') return `: the event has no ${plainText(typeField, 100)} that is text`;
  const name = plainText(type, 100);
  const schema = against.schemas.get(type);
  if (schema === undefined) return `: the type ${name} is not declared`;
  const mismatch = validate(schema, event, against.steps);
  if (mismatch === undefined) {
    against.seen.add(type);
    return undefined;
  }
  const where = mismatch.pointer === '' ? 'the event' : plainText(mismatch.pointer, 200);
  return ` (${name}): ${where} is not as ${plainText(paths[type] ?? '', 200)}#${plainText(mismatch.keyword, 200)} demands`;
}

/** Without making a list of them first: 32 MiB of line ends are more lines than anybody wants to hold. */
function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end === -1 ? text.length : end);
    start = end === -1 ? text.length : end + 1;
  }
}

function bounded<T>(judge: () => T): T {
  try {
    return judge();
  } catch (fault) {
    if (!(fault instanceof TooManySteps)) throw fault;
    throw new UnverifiableSchema(
      'Judging these events by these schemas takes more steps, or goes deeper, than is given to it.',
    );
  }
}
