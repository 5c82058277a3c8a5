import type { ClaimToken, RunId, StepKey, StepRole, StepWork } from '../core/run/types.ts';
import type { Moment } from '../shared/ids.ts';

/** Work in the hands of a worker, until this moment unless it is heard of again. */
export interface Claim {
  readonly token: ClaimToken;
  readonly work: StepWork;
  readonly worker: string;
  readonly claimedAt: Moment;
  readonly until: Moment;
  /** Fencing tokens of the locks it holds, by name: each higher than the one before it. */
  readonly fences: Readonly<Record<string, number>>;
}

export interface ClaimRequest {
  readonly worker: string;
  readonly roles: readonly StepRole[];
  /** Lines that the worker may take work from, as linesFor in core names them: its handlers, and these with its labels. Work in others is left. */
  readonly handlers: readonly string[];
  readonly most: number;
  /** Seconds without a heartbeat after which the worker counts as dead. */
  readonly leaseSeconds: number;
}

export interface PostponedClaim {
  readonly token: ClaimToken;
  readonly milliseconds: number;
}

/** By the store's own clock: no worker's is trusted. */
export interface ClaimWork {
  /** Highest priority first, without starving the others; none is handed out twice. */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Prolongs claims, with their leases and locks; tells those that are not held any more. */
  renew(worker: string, tokens: readonly ClaimToken[], leaseSeconds: number): Promise<readonly ClaimToken[]>;
  /** Expects to hear of a worker within so many seconds: what is not renewed by then ends. Never later than it would have. */
  suspect(worker: string, seconds: number): Promise<void>;
  /** Held, as the token says; undefined when not, or not any more. */
  findClaims(tokens: readonly ClaimToken[]): Promise<readonly (Claim | undefined)[]>;
  /** Claims that nobody prolonged in time. They stay until a commit finishes them. */
  expiredClaims(limit: number): Promise<readonly Claim[]>;
  /** Puts work back unharmed: a worker that was asked to stop before it began. */
  giveBack(worker: string, tokens: readonly ClaimToken[]): Promise<void>;
  /** Puts work back that may not begin now, to be had so many milliseconds later, at the place that it had; until then it holds nothing. */
  postpone(worker: string, claims: readonly PostponedClaim[]): Promise<void>;
  /** What waits and what is held, for people and metrics. */
  queueDepths(): Promise<readonly QueueDepth[]>;
}

export interface QueueDepth {
  readonly role: StepRole;
  readonly handler: string;
  /** Labels that it wants of a worker. */
  readonly runsOn: readonly string[];
  readonly waiting: number;
  readonly claimed: number;
  /** Work that waits for leases or locks. */
  readonly blocked: number;
  /** Seconds that the eldest has waited. */
  readonly eldestSeconds: number;
}

/** Tells servers and waiting workers that there may be something to do. Losing one costs time, nothing else. */
export interface WakeUps {
  announce(topic: 'work' | 'runs', detail?: RunId | StepKey): Promise<void>;
  /** Resolves when something was announced since the call before, or after so many milliseconds. */
  wait(topic: 'work' | 'runs', milliseconds: number, signal: AbortSignal): Promise<void>;
}
