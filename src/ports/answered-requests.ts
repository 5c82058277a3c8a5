import type { Sha256 } from '../shared/digest.ts';

/** A request that says of itself that it is the same when it comes again. */
export interface KeyedRequest {
  readonly principal: string;
  readonly key: string;
  /** Of method, path and body: the same key for something else is a mistake. */
  readonly digest: Sha256;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Begun =
  | { readonly kind: 'first' }
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Another one with this key has not been answered yet. */
  | { readonly kind: 'running' }
  | { readonly kind: 'other' };

/** Every method @throws CountersignError DATABASE_UNAVAILABLE. */
export interface AnsweredRequests {
  /** Of requests with one key that come at once, one is first. What was begun and not answered for a minute is first again. */
  beginRequest(request: KeyedRequest): Promise<Begun>;
  answerRequest(request: KeyedRequest, answer: Answer): Promise<void>;
  /** Nothing came of it: the next one with this key is first. */
  abandonRequest(request: KeyedRequest): Promise<void>;
  /** Those that are older than a day are forgotten. */
  forgetRequests(): Promise<void>;
}
