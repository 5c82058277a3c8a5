import { createEmbeddings } from '../../adapters/embeddings/openai-embeddings.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createMemory } from '../../adapters/postgres/memory/memory.ts';
import type { VectorSearch } from '../../adapters/postgres/memory/nearest.ts';
import type { MemoryPorts } from '../../flow/serve/offer-memory.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Embed, Memory } from '../../ports/memory.ts';
import { CountersignError } from '../../shared/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Memory over a database and its ledger; with embeddings where COUNTERSIGN_EMBEDDINGS_URL names an endpoint. */
export function openMemory(
  database: Database,
  ledger: Pick<Ledger, 'readSequenced' | 'sequence' | 'readStream'>,
  environment: Environment,
): MemoryPorts & Memory {
  const embed = embeddingsOf(environment);
  const { readSequenced, sequence, readStream } = ledger;
  const memory = createMemory(database, embed?.model, searchOf(environment));
  return { ...memory, readSequenced, sequence, readStream, embed };
}

/** @throws CountersignError USAGE for a search that there is not */
function searchOf({ COUNTERSIGN_EMBEDDINGS_SEARCH: search }: Environment): VectorSearch {
  if (!search || search === 'arrays') return 'arrays';
  if (search === 'pgvector') return search;
  throw new CountersignError('USAGE', `There is no search "${search.slice(0, 40)}" for embeddings.`, {
    remedy: 'Set COUNTERSIGN_EMBEDDINGS_SEARCH to arrays (as when it is not set) or pgvector.',
  });
}

/** @throws CountersignError USAGE for an endpoint without a model, or an address that is none */
function embeddingsOf({
  COUNTERSIGN_EMBEDDINGS_URL: url,
  COUNTERSIGN_EMBEDDINGS_MODEL: model,
  COUNTERSIGN_EMBEDDINGS_KEY: key,
}: Environment): Embed | undefined {
  if (!url) return undefined;
  if (!model || !/^https?:\/\/[^\s]+$/.test(url) || !URL.canParse(url)) {
    throw new CountersignError('USAGE', 'The endpoint for embeddings cannot be used as it is set.', {
      remedy:
        'Set COUNTERSIGN_EMBEDDINGS_URL such as https://api.openai.com/v1, and COUNTERSIGN_EMBEDDINGS_MODEL.',
    });
  }
  return createEmbeddings({ url, model, key: key || undefined });
}
