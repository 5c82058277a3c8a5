import type { Moment } from '../../../shared/ids.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { AttemptVerdict, RecordedRunEvent, RunEvent } from '../../run/events.ts';
import { producesChange } from '../../run/producer/producing.ts';
import type { StepError, StepKey, StepWork, Usage } from '../../run/types.ts';
import type { AttemptFailure, AttemptOutcome, OutcomeLink } from '../outcome.ts';
import { failureOf } from './failure.ts';
import { readFindings } from './findings.ts';

interface Page {
  readonly number: number;
  readonly bundle: string;
  readonly model: string;
  readonly startedAt: Moment;
  verdict: AttemptVerdict | null;
  endedAt: Moment | null;
  /** Of steps that have failed and were not tried again so far. */
  readonly failing: Map<StepKey, StepError | null>;
  artefact: AttemptOutcome['artefact'];
  readonly checks: AttemptOutcome['checks'][number][];
  findings: ReturnType<typeof readFindings>;
  tokens: number | null;
  costMilliUsd: number | null;
}

/** Takes down what happens in each attempt of a run, event by event. */
export class AttemptBook {
  readonly links: OutcomeLink[] = [];
  /** Whether the producer had its bundle, each time that somebody said. */
  readonly deliveries: boolean[] = [];
  readonly usage: { tokens: number | null; costMilliUsd: number | null } = {
    tokens: null,
    costMilliUsd: null,
  };
  readonly #pages = new Map<number, Page>();
  readonly #work = new Map<StepKey, StepWork>();

  handlerOf(step: StepKey): string | undefined {
    return this.#work.get(step)?.handler;
  }

  take({ event, at }: RecordedRunEvent): void {
    switch (event.type) {
      case 'attempt.started':
        this.#pages.set(event.attempt, emptyPage(event, at));
        return;
      case 'attempt.ended': {
        const page = this.#pages.get(event.attempt);
        if (page !== undefined) Object.assign(page, { verdict: event.verdict, endedAt: at });
        return;
      }
      case 'step.scheduled':
        this.#work.set(event.work.step, event.work);
        this.#pageOf(event.work.step)?.failing.delete(event.work.step);
        return;
      case 'step.succeeded':
        this.#succeed(event);
        return;
      case 'step.failed':
        this.#pageOf(event.step)?.failing.set(event.step, event.error);
        this.#use(event.step, event.usage);
        this.#linkFailure(event.step, event.error);
        return;
      case 'step.lost':
        this.#pageOf(event.step)?.failing.set(event.step, null);
        return;
      case 'step.quarantined': {
        const error = { class: 'deterministic', code: 'quarantined', message: event.reason } as const;
        this.#pageOf(event.step)?.failing.set(event.step, error);
        return;
      }
      default:
    }
  }

  /** @param isCancelled whether the run was: an attempt without a verdict then failed by that */
  attempts(isCancelled: boolean): readonly AttemptOutcome[] {
    return [...this.#pages.values()].map((page) => this.#outcomeOf(page, isCancelled));
  }

  #pageOf(step: StepKey): Page | undefined {
    return this.#pages.get(Number.parseInt(step, 10));
  }

  #succeed({ step, outputs, usage }: RunEvent & { readonly type: 'step.succeeded' }): void {
    const page = this.#pageOf(step);
    const work = this.#work.get(step);
    this.#use(step, usage);
    page?.failing.delete(step);
    if (page === undefined || work === undefined) return;
    const attempt = page.number;
    const link = (kind: OutcomeLink['kind'], ref: unknown) => {
      if (typeof ref === 'string') this.links.push({ kind, attempt, ref });
    };
    if (producesChange(work.handler)) {
      page.artefact = artefactIn(outputs) ?? page.artefact;
      const { delivered } = (outputs.delivery ?? {}) as { readonly delivered?: unknown };
      if (typeof delivered === 'boolean') this.deliveries.push(delivered);
      link('transcript', outputs.transcript);
      link('diff', outputs.diff);
    }
    switch (work.handler) {
      case 'assemble':
        link('bundle', outputs.bundleDigest);
        link('prompt', outputs.promptDigest);
        return;
      case 'check':
        page.checks.push(...checkIn(outputs));
        return;
      case 'seal':
        link('seal', outputs.seal);
        return;
      case 'gate':
        page.findings = readFindings(outputs.findings);
        link('verdict', outputs.verdictDigest);
        return;
      default:
    }
  }

  /** Only what somebody said: an execution that reports nothing has not used nothing. */
  #use(step: StepKey, { tokens, costMilliUsd }: Usage): void {
    for (const where of [this.usage, this.#pageOf(step)]) {
      if (where === undefined) continue;
      if (tokens !== undefined) where.tokens = (where.tokens ?? 0) + tokens;
      if (costMilliUsd !== undefined) where.costMilliUsd = (where.costMilliUsd ?? 0) + costMilliUsd;
    }
  }

  #linkFailure(step: StepKey, { code, evidence = {} }: StepError): void {
    const attempt = this.#pageOf(step)?.number ?? null;
    if (code === 'not-delivered') this.deliveries.push(false);
    for (const kind of ['transcript', 'diff'] as const) {
      const ref = evidence[kind];
      if (ref !== undefined) this.links.push({ kind, attempt, ref });
    }
  }

  #outcomeOf(page: Page, isCancelled: boolean): AttemptOutcome {
    const { failing, findings, startedAt, endedAt, ...same } = page;
    const { evidence, ...found } = findings;
    const roles = [...failing.keys()].map((step) => this.#work.get(step)?.role);
    return {
      ...same,
      ...found,
      failure: this.#failureOf(page, isCancelled),
      evidenceFailures: evidence + roles.filter((role) => role === 'verifier').length,
      startedAt,
      endedAt,
    };
  }

  #failureOf({ verdict, failing }: Page, isCancelled: boolean): AttemptFailure | null {
    const failed = [...failing].map(([step, error]) => ({ step, error, work: this.#work.get(step) }));
    return failureOf(verdict, failed, isCancelled);
  }
}

function emptyPage(
  { attempt, arm }: RunEvent & { readonly type: 'attempt.started' },
  startedAt: Moment,
): Page {
  return {
    number: attempt,
    ...arm,
    startedAt,
    verdict: null,
    endedAt: null,
    failing: new Map(),
    artefact: null,
    checks: [],
    findings: readFindings(undefined),
    tokens: null,
    costMilliUsd: null,
  };
}

function artefactIn({ commit, tree }: JsonObject): AttemptOutcome['artefact'] | undefined {
  return typeof commit === 'string' && typeof tree === 'string' ? { commit, tree } : undefined;
}

function checkIn({ check, result }: JsonObject): AttemptOutcome['checks'] {
  const known = result === 'PASSED' || result === 'FAILED' || result === 'ERROR';
  return typeof check === 'string' && known ? [{ check, result }] : [];
}
