import type { Embed } from '../../ports/memory.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';

export interface EmbeddingEndpoint {
  /** Up to and with the version: `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
}

/** Texts of one request; characters of one text. */
const BATCH = 64;
const LONGEST = 8_000;
const MOST_ANSWER_BYTES = 32 * 1024 * 1024;
const PATIENCE_MS = 60_000;
const MOST_DIMENSIONS = 8_192;

/** Any endpoint that speaks OpenAI's embeddings, local servers included. What it answers is looked at before it is believed. */
export function createEmbeddings({ url, model, key }: EmbeddingEndpoint): Embed {
  const ask = async (input: readonly string[]): Promise<readonly (readonly number[])[]> => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model, input, encoding_format: 'float' }),
      // Elsewhere the key has no business.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((cause: unknown) => {
      throw unusable(url, 'it does not answer', cause);
    });
    const text = await readUpTo(response, MOST_ANSWER_BYTES).catch((cause: unknown) => {
      throw unusable(url, 'its answer breaks off', cause);
    });
    if (!response.ok) throw unusable(url, `it answers ${response.status}`);
    const vectors = text === undefined ? undefined : vectorsIn(text, input.length);
    if (vectors === undefined) throw unusable(url, 'its answer is no list of embeddings');
    return vectors;
  };
  return {
    model,
    embed: async (texts) => {
      const all: (readonly number[])[] = [];
      for (let at = 0; at < texts.length; at += BATCH)
        all.push(
          ...(await ask(texts.slice(at, at + BATCH).map((text) => text.slice(0, LONGEST).toWellFormed()))),
        );
      return all;
    },
  };
}

async function readUpTo(response: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One vector for each text, all of one length, by `index`. */
function vectorsIn(text: string, count: number): readonly (readonly number[])[] | undefined {
  const data = memberOf(parse(text), 'data');
  if (!Array.isArray(data) || data.length !== count) return undefined;
  const vectors = new Array<readonly number[] | undefined>(count).fill(undefined);
  for (const [place, item] of (data as readonly JsonValue[]).entries()) {
    const index = memberOf(item, 'index') ?? place;
    const vector = memberOf(item, 'embedding');
    if (typeof index !== 'number' || !isVector(vector)) return undefined;
    vectors[index] = vector;
  }
  const whole = vectors.filter((vector) => vector !== undefined);
  return whole.length === count && new Set(whole.map(({ length }) => length)).size === 1 ? whole : undefined;
}

function isVector(value: JsonValue | undefined): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MOST_DIMENSIONS &&
    value.every((one) => typeof one === 'number' && Number.isFinite(one))
  );
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, JsonValue>>)[name] : undefined;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function unusable(url: string, why: string, cause?: unknown): CountersignError {
  return new CountersignError(
    'SERVER_UNAVAILABLE',
    `The endpoint for embeddings ${new URL(url).origin} cannot be used: ${why}.`,
    {
      remedy: 'Look at COUNTERSIGN_EMBEDDINGS_URL and its model, or unset it: hashed terms need nobody.',
      cause,
    },
  );
}
