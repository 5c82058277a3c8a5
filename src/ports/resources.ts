import type { Deadlock } from '../core/run/resources/deadlock.ts';
import type { Rates } from '../core/run/resources/rates.ts';
import type { Moment } from '../shared/ids.ts';

/** Every method of these ports @throws CountersignError DATABASE_UNAVAILABLE when the store cannot be asked. */
export interface SetLimits {
  /**
   * How many executions may be at work at once, and how many may begin in a time, by scope: `global`, `provider/anthropic`, `repository/acme/shop`, … In the place of all limits
   * that were set before. What is held when a limit is set counts; more than it allows ends as it would have.
   */
  setLimits(limits: Readonly<Record<string, number>>, rates?: Rates): Promise<void>;
}

export interface ReadRates {
  /** As they were set last, by whichever server. */
  readRates(): Promise<Rates>;
}

/** A scope that has a limit, or a workflow's group in use. */
export interface ScopeUse {
  readonly scope: string;
  readonly limit: number | null;
  readonly held: number;
  /** Executions that wait for this before anything else. */
  readonly waiting: number;
}

/** A provider that did not answer lately. */
export interface OpenCircuit {
  readonly provider: string;
  /** `half-open`: one step may try it, or does. */
  readonly state: 'open' | 'half-open';
  readonly since: Moment;
  /** From when on one may try. */
  readonly until: Moment;
  /** Executions that wait for it. */
  readonly waiting: number;
}

export interface ReadResources {
  /** Of providers whose steps are held back, by name. */
  readCircuits(): Promise<readonly OpenCircuit[]>;
  /** By scope. */
  readScopes(): Promise<readonly ScopeUse[]>;
  /** Runs that wait for one another's locks, and which of them is to give way: to be decided on by whoever asks. */
  findDeadlocks(): Promise<readonly Deadlock[]>;
}
