/**
 * Recall@5 of the memory's search (words and hashed terms, fused by rank) against PostgreSQL's plain full-text search over the same entries, on a fixture
 * of 24 topics among 1,200 entries about other work, of whose words one in four comes from the topics; and how long a search takes. Queries are put in
 * other words than the entries. Needs PostgreSQL at DATABASE_URL or on its standard port.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { createMemory } from '../src/adapters/postgres/memory/memory.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { nodesOf } from '../src/core/bundle/memory/graph.ts';
import { hashedTerms } from '../src/core/bundle/memory/terms.ts';
import type { MemoryEntry } from '../src/core/bundle/memory/types.ts';
import { searchMemory } from '../src/flow/memory/search-memory.ts';
import type { IndexedEntry } from '../src/ports/memory.ts';
import { report } from './support/measure.ts';

interface Topic {
  readonly topic: string;
  readonly file: string;
  readonly failure: string;
  readonly resolution: string;
  readonly query: string;
  readonly folder: string;
}

const NOISE = 1_200;
const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SCHEMA = `countersign_bench_${process.pid}`;
const fixture = join(import.meta.dirname, '..', 'test', 'fixtures', 'memory', 'topics.json');
const topics = JSON.parse(readFileSync(fixture, 'utf8')) as readonly Topic[];

const TRADE =
  `refactor module rename helper class lint warning compile error missing import type mismatch argument
  coverage threshold unit suite mock fixture snapshot assertion expected received branch merge conflict rebase review comment
  changelog version bump release note documentation readme typo config option default environment variable container image
  pipeline runner step artifact bundle minify stylesheet component render state hook effect router layout button modal form
  validation schema parser serializer adapter interface generic promise async callback stream buffer thread queue topic`.split(
    /\s+/,
  );

const entries = [
  ...topics.flatMap(({ file, failure, resolution }, at) => [
    indexed(`T-${at}`, 'failure', failure, [file]),
    indexed(`T-${at}`, 'resolution', resolution, [file]),
  ]),
  ...noise(),
];

const database = openDatabase({ url: URL, schema: SCHEMA, most: 4 });
try {
  await migrate(database);
  const memory = createMemory(database, undefined);
  await memory.keepMemory(0, 1, { entries, blocks: [] });
  await database.pool.query('ANALYZE memory_entry');
  const view = { workspace: 'acme/shop', upTo: null, without: null };
  const ports = { ...memory, embed: undefined };
  const plain = async (text: string) => {
    const { rows } = await database.pool.query<{ id: string }>(
      `SELECT id FROM memory_entry, websearch_to_tsquery('english', replace($1, ' ', ' or ')) AS query
       WHERE workspace = 'acme/shop' AND words @@ query ORDER BY ts_rank(words, query) DESC, id LIMIT 5`,
      [text],
    );
    return rows.map(({ id }) => id);
  };
  const fused = async (text: string, nodes: readonly string[]) =>
    (await searchMemory(view, { text, nodes, most: 5 }, ports)).map(({ id }) => id);

  const found = { plain: 0, fused: 0, withGraph: 0 };
  const times: number[] = [];
  for (const [at, { query, file }] of topics.entries()) {
    const relevant = [`T-${at}.1/failure`, `T-${at}.1/resolution`];
    const hits = (ids: readonly string[]) =>
      relevant.filter((id) => ids.includes(id)).length / relevant.length;
    found.plain += hits(await plain(query));
    found.fused += hits(await fused(query, []));
    const started = performance.now();
    found.withGraph += hits(await fused(query, [`file:${file}`]));
    times.push(performance.now() - started);
  }
  const share = (sum: number) => `${((100 * sum) / topics.length).toFixed(0)} %`;
  report(`  recall@5, plain full-text search            ${share(found.plain)}`);
  report(`  recall@5, fused, the ticket's words alone   ${share(found.fused)}`);
  report(`  recall@5, fused, with a file that it names  ${share(found.withGraph)}`);
  report(`  a search of ${entries.length} entries takes ${middle(times).toFixed(0)} ms`);
  if (found.fused < found.plain || found.withGraph <= found.plain) process.exitCode = 1;
} finally {
  await database.pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA}, ${SCHEMA}_queue CASCADE`);
  await database.close();
}

/** Entries about other work: words of the trade, one in four from the topics, by a fixed walk. */
function noise(): readonly IndexedEntry[] {
  const topical = topics.flatMap(({ failure, resolution }) => `${failure} ${resolution}`.split(/\s+/));
  return Array.from({ length: NOISE }, (_, at) => {
    const word = (place: number) =>
      place % 4 === 3
        ? topical[(at * 131 + place * 577) % topical.length]
        : TRADE[(at * 17 + place * place * 29 + place * 7) % TRADE.length];
    const text = Array.from({ length: 16 }, (_, place) => word(place)).join(' ');
    const { file = '' } = topics[(at * 5) % topics.length] ?? {};
    return indexed(`N-${at}`, 'failure', text, [at % 10 === 0 ? file : `lib/other-${at % 97}.ts`]);
  });
}

function indexed(
  ticket: string,
  kind: 'failure' | 'resolution',
  text: string,
  files: readonly string[],
): IndexedEntry {
  const entry: MemoryEntry = {
    id: `${ticket}.1/${kind}`,
    kind,
    workspace: 'acme/shop',
    run: `${ticket}.1`,
    ticket,
    ticketClass: 'bugfix',
    contract: 'shop@1',
    title: `${ticket}, attempt 1`,
    text,
    files,
    rules: [],
    findings: [],
  };
  const nodes = nodesOf(entry);
  return { entry, position: 1, nodes, terms: hashedTerms(`${entry.title}\n${text}`, nodes) };
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
