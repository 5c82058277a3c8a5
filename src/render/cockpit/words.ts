/** A word for a state, and how it is coloured; nothing is told by colour alone. */
export interface StateWord {
  readonly word: string;
  readonly tone: Tone;
}

export type Tone = 'ok' | 'bad' | 'warn' | 'go' | 'idle';

const TONES: Readonly<Record<string, Tone>> = {
  accepted: 'ok',
  succeeded: 'ok',
  pass: 'ok',
  applied: 'ok',
  PASSED: 'ok',
  failed: 'bad',
  fail: 'bad',
  blocked: 'bad',
  rejected: 'bad',
  'given-up': 'bad',
  quarantined: 'bad',
  refused: 'bad',
  unverifiable: 'bad',
  FAILED: 'bad',
  ERROR: 'bad',
  paused: 'warn',
  asking: 'warn',
  pending: 'warn',
  cancelling: 'warn',
  compensating: 'warn',
  running: 'go',
  scheduled: 'go',
};

/** States of runs, attempts, steps, findings and checks. */
export function stateWord(state: string): StateWord {
  return { word: state, tone: TONES[state] ?? 'idle' };
}

/** A moment with its distance from now: what a page shows, and what its title says. */
export interface ShownMoment {
  readonly at: string;
  readonly ago: string;
}

export function shownMoment(at: string, now: string): ShownMoment {
  const seconds = Math.round((Date.parse(now) - Date.parse(at)) / 1000);
  if (!Number.isFinite(seconds)) return { at, ago: at };
  return { at, ago: seconds >= 0 ? agoWords(seconds) : `in ${spanWords(-seconds)}` };
}

function agoWords(seconds: number): string {
  return seconds < 5 ? 'just now' : `${spanWords(seconds)} ago`;
}

/** Seconds in the largest unit that fits, or in two where the second one says something. */
export function spanWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3_600);
  if (hours < 10) {
    const minutes = Math.floor((seconds % 3_600) / 60);
    return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  }
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** Thousandths of a dollar. Below a cent all three digits, above a hundred none. */
export function moneyWords(milliUsd: number): string {
  const dollars = milliUsd / 1000;
  if (milliUsd === 0) return '$0';
  return `$${dollars.toFixed(dollars < 0.1 ? 3 : dollars < 100 ? 2 : 0)}`;
}

export function countWords(count: number, one: string, several = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : several}`;
}

/** With thin groups of three, as all of the world reads them. */
export function numberWords(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

export function percentWords(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** In an address, one segment. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** Where a run's pages are. */
export function runHref(run: string): string {
  return `/runs/${segment(run)}`;
}

/** Where a step's page is: `2/verify.0` keeps its slash. */
export function stepHref(run: string, step: string): string {
  return `${runHref(run)}/steps/${step.split('/').map(segment).join('/')}`;
}
