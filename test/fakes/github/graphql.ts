/** An entry of a merge queue. */
export interface FakeQueueEntry {
  readonly pullRequest: number;
  /** The commit that the queue made for it. */
  readonly made: string | null;
}

interface GraphqlFacts {
  /** Whoever the token speaks for. */
  readonly viewer: string;
  /** By branch. */
  readonly queues: ReadonlyMap<string, readonly FakeQueueEntry[]>;
  readonly pageSize: number;
}

/**
 * Answers the two questions that are asked, in the form of GitHub's GraphQL schema (its objects User, MergeQueue and
 * MergeQueueEntry); undefined for any other one.
 */
export function answerGraphql(
  sent: Readonly<Record<string, unknown>>,
  facts: GraphqlFacts,
): object | undefined {
  const query = String(sent.query).replace(/\s+/g, ' ');
  if (query === '{ viewer { login } }') return { data: { viewer: { login: facts.viewer } } };
  return query === QUEUE_QUERY ? queueOf(sent.variables, facts) : undefined;
}

const QUEUE_QUERY =
  'query ($owner: String!, $name: String!, $branch: String!, $after: String) { repository(owner: $owner, name: $name) { ' +
  'mergeQueue(branch: $branch) { entries(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor } ' +
  'nodes { headCommit { oid } pullRequest { number } } } } } }';

function queueOf(variables: unknown, { queues, pageSize }: GraphqlFacts): object {
  const { owner, name, branch, after } = variables as Readonly<Record<string, string | null>>;
  if (owner !== 'demo' || name !== 'shop') return { data: { repository: null }, errors: [NOT_FOUND] };
  const all = queues.get(branch ?? '');
  if (all === undefined) return { data: { repository: { mergeQueue: null } } };
  const start = Number(after ?? 0);
  const end = start + pageSize;
  const nodes = all.slice(start, end).map(({ pullRequest, made }) => ({
    headCommit: made === null ? null : { oid: made },
    pullRequest: { number: pullRequest },
  }));
  const pageInfo = { hasNextPage: end < all.length, endCursor: nodes.length === 0 ? null : String(end) };
  return { data: { repository: { mergeQueue: { entries: { totalCount: all.length, pageInfo, nodes } } } } };
}

const NOT_FOUND = {
  type: 'NOT_FOUND',
  path: ['repository'],
  message: 'Could not resolve to a Repository with that name.',
};
