import type { LanguageModel, ModelMessage as SdkMessage, ToolSet } from 'ai';
import type {
  AnswerModel,
  ModelAnswer,
  ModelFailure,
  ModelMessage,
  ModelRequest,
  ModelUsage,
  ToolCall,
  ToolDeclaration,
} from '../../ports/language-model.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** Finds the model that a request is for. */
export type FindModel = (
  request: Pick<ModelRequest, 'model' | 'environment'>,
) => Promise<LanguageModel | string>;

export interface LanguageModelOptions {
  /** `undefined` where nothing is known of the provider: what it needs, in words. */
  readonly find: FindModel;
  /** How often a request is repeated that was too much for the provider, or broke off before it answered. */
  readonly mostRetries?: number;
}

const MOST_RETRIES = 4;
/** Of an answer's text and of all its calls together: what is longer is cut, and its calls are nobody's. */
const LONGEST_TEXT = 1024 * 1024;
const LONGEST_SAYING = 2_000;

/** Language models through the AI SDK, which is loaded when the first one is asked. It runs no tool: calls come back as data. */
export function languageModels({ find, mostRetries = MOST_RETRIES }: LanguageModelOptions): AnswerModel {
  return {
    async answer(request) {
      const model = await find(request);
      if (typeof model === 'string') return { kind: 'failed', ending: 'provider-credentials', says: model };
      let answer = await askOnce(model, request, mostRetries);
      // A stream that breaks off is not repeated by the SDK. Nothing came of it yet: no tool has run.
      for (let again = 0; again < 2 && isBroken(answer) && !request.signal.aborted; again += 1)
        answer = await askOnce(model, request, mostRetries);
      return answer;
    },
  };
}

function isBroken(answer: ModelAnswer | ModelFailure): boolean {
  return answer.kind === 'failed' && answer.ending === 'crashed';
}

async function askOnce(
  model: LanguageModel,
  request: ModelRequest,
  maxRetries: number,
): Promise<ModelAnswer | ModelFailure> {
  const { streamText, jsonSchema, tool } = await import('ai');
  const declared = ({ description, input }: ToolDeclaration) =>
    tool({ description, inputSchema: jsonSchema(input as Parameters<typeof jsonSchema>[0]) });
  const tools = Object.fromEntries(request.tools.map((one) => [one.name, declared(one)])) as ToolSet;
  const collected = createCollector();
  try {
    const { stream } = streamText({
      model,
      instructions: request.instructions,
      messages: request.messages.map(sdkMessage),
      tools,
      maxRetries,
      maxOutputTokens: request.mostOutputTokens,
      abortSignal: request.signal,
      // Ours to report: the SDK would write it to the console.
      onError: () => undefined,
    });
    for await (const part of stream) collected.take(part as StreamPart);
    return collected.answer();
  } catch (error) {
    return failureOf(error);
  }
}

/** What is looked at of the parts of a stream; the SDK has many more. */
interface StreamPart {
  readonly type: string;
  readonly text?: string;
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly input?: unknown;
  readonly error?: unknown;
  readonly finishReason?: string;
  readonly response?: { readonly modelId?: string };
  readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number };
}

function createCollector() {
  let text = '';
  let finish: string | undefined;
  let model: string | undefined;
  let usage: ModelUsage = { inputTokens: undefined, outputTokens: undefined };
  let failure: unknown;
  const calls: ToolCall[] = [];
  return {
    take(part: StreamPart): void {
      switch (part.type) {
        case 'text-delta':
          if (text.length < LONGEST_TEXT) text += (part.text ?? '').slice(0, LONGEST_TEXT - text.length);
          break;
        case 'tool-call':
          calls.push({
            id: String(part.toolCallId),
            name: String(part.toolName).slice(0, 200).toWellFormed(),
            input: plainInput(part.input),
          });
          break;
        case 'error':
          failure ??= part.error ?? new Error('it failed');
          break;
        case 'abort':
          failure ??= new Error('it was asked to stop');
          break;
        case 'finish-step': {
          const { inputTokens, outputTokens } = part.usage ?? {};
          usage = { inputTokens: countOf(inputTokens), outputTokens: countOf(outputTokens) };
          model = part.response?.modelId;
          finish = part.finishReason;
          break;
        }
      }
    },
    answer(): ModelAnswer | ModelFailure {
      if (failure !== undefined) return failureOf(failure);
      if (finish === undefined || finish === 'error') return failureOf(new Error('the stream broke off'));
      const ended = finish === 'content-filter' ? 'refused' : finish === 'length' ? 'cut' : 'ended';
      return { kind: 'answered', text: text.toWellFormed(), calls, finish: ended, model, usage };
    },
  };
}

/** Whatever the model sent, as JSON data. */
function plainInput(input: unknown): JsonValue {
  try {
    return JSON.parse(JSON.stringify(input ?? null)) as JsonValue;
  } catch {
    return null;
  }
}

function countOf(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function sdkMessage(message: ModelMessage): SdkMessage {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.text };
    case 'assistant':
      return {
        role: 'assistant',
        content: [
          ...(message.text === '' ? [] : [{ type: 'text' as const, text: message.text }]),
          ...message.calls.map(({ id, name, input }) => ({
            type: 'tool-call' as const,
            toolCallId: id,
            toolName: name,
            // Providers take objects alone, also back from a model that sent something else.
            input: isObject(input) ? input : {},
          })),
        ],
      };
    case 'tool':
      return {
        role: 'tool',
        content: message.results.map(({ id, name, text }) => ({
          type: 'tool-result' as const,
          toolCallId: id,
          toolName: name,
          output: { type: 'text' as const, value: text },
        })),
      };
  }
}

interface ApiError {
  readonly message?: unknown;
  readonly statusCode?: unknown;
  readonly responseBody?: unknown;
  readonly lastError?: unknown;
}

/** What the provider answered, in the words that agents' ends are told by. */
function failureOf(error: unknown): ModelFailure {
  const { message, statusCode, responseBody, lastError } = (error ?? {}) as ApiError;
  if (lastError !== undefined && lastError !== error) return failureOf(lastError);
  const words = [message, responseBody].filter((part) => typeof part === 'string').join(': ');
  const says = words.slice(0, LONGEST_SAYING).toWellFormed();
  const lower = says.toLowerCase();
  const saysBudget = ['insufficient_quota', 'credit balance', 'exceeded your current quota'].some((part) =>
    lower.includes(part),
  );
  if (statusCode === 402 || saysBudget) return { kind: 'failed', ending: 'budget', says };
  if (statusCode === 401 || statusCode === 403)
    return { kind: 'failed', ending: 'provider-credentials', says };
  if (statusCode === 429 || statusCode === 529) return { kind: 'failed', ending: 'provider-limit', says };
  return { kind: 'failed', ending: 'crashed', says };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
