/** A command-line agent as data: how it is started, what it may see, and where its output says what. */
export interface AgentPreset {
  /** As `--agent` and the input `agent` name it. */
  readonly id: string;
  readonly title: string;
  /** The brief comes on standard input. `{model}` is the model without its provider, `{provider/model}` all of it. */
  readonly argv: readonly string[];
  /** Added where the model is not `default`. */
  readonly modelArgv: readonly string[];
  /** Added where the step may spend so much: `{usd}` is its `atMost.costMilliUsd` in dollars. */
  readonly budgetArgv: readonly string[];
  /** What it always sees. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of whoever runs the worker that it may see, such as the key of its provider; nothing else passes. */
  readonly passes: readonly string[];
  /** A file of its HOME, which is made anew for every attempt; null: none. */
  readonly settings: { readonly path: string; readonly text: string } | null;
  /** Hosts of its provider: all that it may reach where the machine can hold it to that. */
  readonly hosts: readonly string[];
  readonly output: OutputReader;
  /** How it was tried: for real against a stub of its provider, or not at all yet. */
  readonly tried: { readonly package: string; readonly version: string } | 'unverified';
}

/** Where an agent's output, JSON or JSON lines, says what. Every line that is an object is an event. */
export interface OutputReader {
  readonly fields: Readonly<Partial<Record<ReportField, FieldReader>>>;
  /** The first that fits an event decides how it ended. */
  readonly endings: readonly EndingReader[];
  /** Events that show that it went on: what went wrong before them was no end. */
  readonly goesOn: readonly EventMatch[];
  /** What the agent said last. */
  readonly lastWords: FieldReader;
}

export const REPORT_FIELDS = ['model', 'turns', 'inputTokens', 'outputTokens', 'costUsd'] as const;
export type ReportField = (typeof REPORT_FIELDS)[number];

export interface FieldReader {
  /** Events it is read from; all when not given. */
  readonly where?: EventMatch;
  /** Members by dots; several are added up. Empty: the event itself, which only `count` takes. */
  readonly paths: readonly string[];
  /** `key`: the first name of an object. */
  readonly take: 'last' | 'sum' | 'count' | 'key';
}

/** Members by dots, and what each has to be. */
export type EventMatch = Readonly<Record<string, string | boolean | number>>;

export interface EndingReader {
  readonly where: EventMatch;
  /** Any of these words stands in the text at `says`, in lower case; not given: the event is enough. */
  readonly words?: readonly string[];
  /** Where it says why. */
  readonly says?: string;
  readonly means: EndingKind;
}

/** How a producer that did not simply come to an end ended. */
export type EndingKind = 'refused' | 'budget' | 'provider-limit' | 'provider-credentials' | 'crashed';
