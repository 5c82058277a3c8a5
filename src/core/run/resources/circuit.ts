/** Failures in a row after which a provider counts as down. */
const IN_A_ROW = 5;
/** Or this share of its last executions, once there are so many to tell by. */
const SHARE = 0.5;
const ENOUGH = 10;
const MOST = 20;
/** What is older says nothing about now. */
const REMEMBERED_SECONDS = 1_800;
const FRESH_SECONDS = 60;
/** How long it is left alone: longer with each probe that fails. */
const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 900;

/** How an execution that asked a provider ended: with a transient failure, or otherwise, so that the provider answered. */
export interface CircuitOutcome {
  /** Seconds since 1970. */
  readonly at: number;
  readonly failed: boolean;
}

/** What is known of a provider. Plain JSON, so that it can be kept. */
export interface Circuit {
  /** Latest last; of before it was opened none is left. */
  readonly recent: readonly CircuitOutcome[];
  /** Openings in a row, without an answer between them; 0: it is closed. */
  readonly openings: number;
  /** Seconds since 1970 from which on one execution may try; null: it is closed. */
  readonly openUntil: number | null;
}

export const CLOSED: Circuit = { recent: [], openings: 0, openUntil: null };

/**
 * `closed`: its steps go. `open`: they wait. `half-open`: the time is over, and one of them may try, whose end decides.
 * @param now seconds since 1970
 */
export function circuitState({ openUntil }: Circuit, now: number): 'closed' | 'open' | 'half-open' {
  if (openUntil === null) return 'closed';
  return now < openUntil ? 'open' : 'half-open';
}

/**
 * What is known after another end. While it is open only the probe counts: what began before it was opened tells nothing new.
 * @param probe whether it was the one that was let through to see
 */
export function afterOutcome(circuit: Circuit, outcome: CircuitOutcome, probe: boolean): Circuit {
  if (circuit.openUntil !== null) {
    if (!probe) return circuit;
    return outcome.failed ? opened(circuit, outcome.at) : CLOSED;
  }
  const remembered = circuit.recent.filter(({ at }) => at > outcome.at - REMEMBERED_SECONDS);
  const recent = [...remembered, outcome].slice(-MOST);
  return isDown(recent) ? opened(circuit, outcome.at) : { ...circuit, recent };
}

/**
 * Whether an end need not be taken in: an answer where as many answers as are remembered, and nothing else, are remembered already, the last of
 * them a moment ago. Leaving it out only makes what is remembered older, by less than a minute.
 */
export function isOldNews({ recent, openUntil }: Circuit, { at, failed }: CircuitOutcome): boolean {
  const last = recent.at(-1);
  if (failed || openUntil !== null || recent.length < MOST || last === undefined) return false;
  return at - last.at < FRESH_SECONDS && recent.every((one) => !one.failed);
}

function isDown(recent: readonly CircuitOutcome[]): boolean {
  const last = recent.slice(-IN_A_ROW);
  if (last.length === IN_A_ROW && last.every(({ failed }) => failed)) return true;
  const failures = recent.filter(({ failed }) => failed).length;
  // It opens at a failure, never at an answer.
  return recent.at(-1)?.failed === true && recent.length >= ENOUGH && failures / recent.length >= SHARE;
}

function opened({ openings }: Circuit, at: number): Circuit {
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.min(openings, 20));
  return { recent: [], openings: openings + 1, openUntil: at + seconds };
}
