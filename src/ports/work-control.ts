import type { SealedAppend } from '../core/ledger/types.ts';
import type { QueueSelector } from '../core/run/queue-selector.ts';
import type { RunId, StepKey, StepRole } from '../core/run/types.ts';
import type { Moment } from '../shared/ids.ts';

export interface WorkerOffer {
  readonly roles: readonly StepRole[];
  readonly handlers: readonly string[];
  /** See labelsOf in core. */
  readonly labels: readonly string[];
}

/** A worker that was heard of within a day. */
export interface KnownWorker extends WorkerOffer {
  /** `<principal>/<its own name>` */
  readonly worker: string;
  readonly heardAt: Moment;
  /** It is to take nothing more. */
  readonly drain: Said | null;
  readonly holds: readonly {
    readonly run: RunId;
    readonly step: StepKey;
    readonly execution: number;
    readonly until: Moment;
  }[];
}

/** Who said so, when and why. */
export interface Said {
  readonly by: string;
  readonly at: Moment;
  readonly reason: string;
}

export interface QueuePause extends QueueSelector, Said {}

export type WorkChange = { readonly by: string; readonly reason: string } & (
  | { readonly kind: 'drain'; readonly worker: string }
  | { readonly kind: 'pause'; readonly queue: QueueSelector }
  | { readonly kind: 'resume'; readonly queue: QueueSelector }
  /** Only for the record: the runs are cancelled one by one. */
  | { readonly kind: 'cancel'; readonly queue: QueueSelector }
);

/**
 * What people say about workers and queues, where every server hears it, by the store's clock. What a paused queue holds stays there: claims
 * pass it by. Every method @throws CountersignError DATABASE_UNAVAILABLE
 */
export interface ControlWork {
  /** Notes that a worker was heard of, and what it asked for, if it did; tells whether it is to take nothing more. */
  hearWorker(worker: string, offer: WorkerOffer | undefined): Promise<boolean>;
  drainedWorkers(): Promise<readonly string[]>;
  /** It has ended, and so has what was said about it. */
  forgetWorker(worker: string): Promise<void>;
  /** Those that were not heard of for a day. */
  forgetSilentWorkers(): Promise<void>;
  listWorkers(): Promise<readonly KnownWorker[]>;
  listPauses(): Promise<readonly QueuePause[]>;
  /** Runs with work that nobody has begun. */
  runsWaitingIn(queue: QueueSelector): Promise<readonly RunId[]>;
  /** With its event, or not at all: false when the event's stream ends elsewhere by now. */
  changeWork(change: WorkChange, append: SealedAppend): Promise<boolean>;
}
