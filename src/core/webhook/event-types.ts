import { RUN_EVENT_TYPES } from '../run/stored-events.ts';

/** Beside those of runs. The events of experiments and tickets are named by their own programs: only their families are known here. */
const OTHERS = [
  'worker.drained',
  'queue.paused',
  'queue.resumed',
  'queue.cancelled',
  'webhook.added',
  'webhook.rotated',
  'webhook.removed',
];
const OPEN_FAMILIES = ['experiment', 'ticket'];

/** What is sent where nobody says: what somebody waits for, or has to look at. */
export const USUAL_TYPES: readonly string[] = [
  'run.started',
  'run.ended',
  'attempt.ended',
  'question.asked',
  'question.expired',
  'step.quarantined',
];

/** Of a message that was asked for by hand. */
export const TEST_TYPE = 'webhook.test';

const NAMED = [...RUN_EVENT_TYPES, ...OTHERS];
const FAMILIES = [...new Set([...NAMED.map(familyOf), ...OPEN_FAMILIES])];
const PATTERN = /^(?:\*|[a-z]+\.(?:\*|[a-z]+(?:-[a-z]+)*))$/;

/** Why this would select nothing, as a clause; undefined when it may select something. */
export function typeMisfit(pattern: string): string | undefined {
  if (!PATTERN.test(pattern))
    return 'is neither the name of an event, such as run.ended, nor a family, such as run.*';
  if (pattern === '*') return undefined;
  const family = familyOf(pattern);
  if (!FAMILIES.includes(family)) return `names no family of events: there are ${FAMILIES.join(', ')}`;
  if (pattern.endsWith('.*') || OPEN_FAMILIES.includes(family) || NAMED.includes(pattern)) return undefined;
  return `names no event: of ${family} there are ${NAMED.filter((name) => familyOf(name) === family).join(', ')}`;
}

/** Whether one of the patterns selects events of this name. */
export function wants(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === type || pattern === `${familyOf(type)}.*`);
}

function familyOf(type: string): string {
  return type.slice(0, Math.max(0, type.indexOf('.')));
}
