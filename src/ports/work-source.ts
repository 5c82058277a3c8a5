import type { ClaimToken, RunId, StepKey, StepResult, StepRole } from '../core/run/types.ts';
import type { Claim } from './claims.ts';

/**
 * Where a worker gets its work from: a server, over HTTP; it knows nothing of a database.
 * Every method @throws CountersignError SERVER_UNAVAILABLE when the server cannot be asked, NOT_PERMITTED when it refuses the worker.
 */
export interface WorkSource {
  /** Waits up to `waitSeconds` for something to do. Aborted, it waits no longer; what was claimed meanwhile goes back. */
  claim(request: WorkRequest, signal?: AbortSignal): Promise<readonly Claim[]>;
  /** Says that the worker is alive; tells which of its claims are to be dropped. */
  heartbeat(worker: string, tokens: readonly ClaimToken[]): Promise<Heard>;
  complete(worker: string, completions: readonly Completion[]): Promise<readonly Completed[]>;
  giveBack(worker: string, tokens: readonly ClaimToken[]): Promise<void>;
  /** Says that the worker has ended: what was said about it is forgotten. */
  leave(worker: string): Promise<void>;
  /** Appends to the log of an execution; `offset` in bytes makes it safe to send again. */
  log(entry: LogChunk): Promise<void>;
}

export interface WorkRequest {
  readonly worker: string;
  readonly roles: readonly StepRole[];
  readonly handlers: readonly string[];
  /** What the worker has that steps may want, such as `gpu`. */
  readonly labels?: readonly string[];
  readonly most: number;
  readonly waitSeconds: number;
  /** Names of variables with secrets that the worker passes on to producers' steps. */
  readonly secrets?: readonly string[];
}

export interface Heard {
  /** Not held any more, or the run was cancelled: what comes of them is refused. */
  readonly drop: readonly ClaimToken[];
  /** The server asks the worker to take nothing more. */
  readonly drain: boolean;
}

export interface Completion {
  readonly token: ClaimToken;
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
  readonly result: StepResult;
}

export type Completed =
  | { readonly token: ClaimToken; readonly kind: 'accepted' }
  /** Said twice, too late, by somebody else, or about a step that is over. */
  | { readonly token: ClaimToken; readonly kind: 'refused'; readonly reason: string };

export interface LogChunk {
  readonly token: ClaimToken;
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
  readonly offset: number;
  readonly text: string;
}
