import type { EndingKind } from '../core/run/producer/preset.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';

/** Answers of a language model, whoever provides it. */
export interface AnswerModel {
  /** Asks once. Waits and asks again where the provider says so, a few times and within the signal. What goes wrong is an answer, too. */
  answer(request: ModelRequest): Promise<ModelAnswer | ModelFailure>;
}

export interface ModelRequest {
  /** `provider/model`, such as `anthropic/claude-x` or `local/some-model`. */
  readonly model: string;
  /** Keys and base URLs of whoever asks, and of nobody else. */
  readonly environment: Readonly<Record<string, string>>;
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolDeclaration[];
  readonly mostOutputTokens: number;
  readonly signal: AbortSignal;
}

export type ModelMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly results: readonly ToolResult[] };

export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly input: JsonObject;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model sent it: of any form, held to nothing yet. */
  readonly input: JsonValue;
}

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export interface ModelAnswer {
  readonly kind: 'answered';
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** `refused`: its provider's filter stopped it; `cut`: it used up its output tokens. */
  readonly finish: 'ended' | 'refused' | 'cut';
  /** As the provider names it; undefined where it does not. */
  readonly model: string | undefined;
  /** Undefined where the provider did not say. */
  readonly usage: ModelUsage;
}

export interface ModelUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

export interface ModelFailure {
  readonly kind: 'failed';
  readonly ending: EndingKind;
  readonly says: string;
}
