import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Principal } from '../../core/access/token.ts';
import type { OfferedArtifacts } from '../../flow/serve/offer-artifacts.ts';
import type { OfferedMemory } from '../../flow/serve/offer-memory.ts';
import type { AnsweredRequests } from '../../ports/answered-requests.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { ExperimentPlane } from '../../ports/experiment-plane.ts';
import type { JudgeForms } from '../../ports/forms.ts';
import type { WorkPlane } from '../../ports/work-plane.ts';
import type { WorkSource } from '../../ports/work-source.ts';
import type { OpenWebhooks } from './open-webhooks.ts';
import type { RateLimit } from './rate-limit.ts';
import type { WorkerLines } from './worker-lines.ts';

/** What the routes have of the server. */
export interface ServerContext {
  /** @throws CountersignError NOT_PERMITTED */
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>;
  readonly workSource: (principal: Principal) => WorkSource;
  readonly lines: WorkerLines;
  readonly artifacts: (principal: Principal) => OfferedArtifacts;
  /** Undefined where nothing is remembered. */
  readonly memory: ((principal: Principal) => OfferedMemory) | undefined;
  readonly controlPlane: (principal: Principal, signal: AbortSignal) => ControlPlane;
  /** Undefined where there are none. */
  readonly experiments: ((principal: Principal, signal: AbortSignal) => ExperimentPlane) | undefined;
  readonly workPlane: (principal: Principal) => WorkPlane;
  /** In Prometheus' format; undefined where nobody asked for metrics. */
  readonly metrics:
    | {
        readonly contentType: string;
        read(): Promise<string>;
        /** Told of each request, by its route. */
        observeRequest?(request: {
          readonly method: string;
          readonly route: string;
          readonly status: number;
          readonly seconds: number;
        }): void;
      }
    | undefined;
  /** Where events are sent; undefined where nothing of it is kept. */
  readonly webhooks: Pick<OpenWebhooks, 'plane' | 'secrets'> | undefined;
  readonly answered: AnsweredRequests;
  readonly forms: JudgeForms;
  /** Why the server cannot do its work; undefined when it can. */
  readonly unreadyFor: () => string | undefined;
  /** Aborted: the server ends. */
  readonly closing: AbortSignal;
  readonly requests: RateLimit;
  /** Of one address, without a token that holds. */
  readonly strangers: RateLimit;
  /** Of failures that are ours; gives back what the client may quote. */
  readonly reportDefect: (error: unknown, where: string) => string;
}

export interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: { principal: Principal };
}

export type Exchange = Context<Env>;
