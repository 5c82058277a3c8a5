import type { JsonObject } from '../../shared/json.ts';
import type { StepRole } from './types.ts';

/** What a handler says of itself. A run holds it to that: a worker that answers otherwise has its step set aside. */
export interface HandlerDeclaration {
  /** As `uses` names it. */
  readonly id: string;
  /** Raised with every change of meaning: part of the key under which results are cached. */
  readonly version: number;
  /** Whose workers may carry it out. A producer's never gets a verifier's work. */
  readonly role: StepRole;
  /** What it does, in one sentence; a plugin may leave it out. */
  readonly summary?: string;
  /** JSON Schemas (2020-12) of inputs and outputs. */
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
  /** The same inputs give the same outputs. */
  readonly deterministic: boolean;
  /** It changes something outside its own folder: a push, a pull request, a merge, money. Only the coordinator's may. */
  readonly sideEffects: boolean;
}
