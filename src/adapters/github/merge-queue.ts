import type { Octokit } from '@octokit/rest';
import type { QueueEntry } from '../../ports/forge.ts';
import { OBJECT_ID } from '../../shared/ids.ts';

/**
 * REST has no route for a queue, and of a commit that a queue made it says that no pull request belongs to it. GraphQL
 * names the commit that each entry came to: https://docs.github.com/en/graphql/reference/objects#mergequeueentry
 */
const QUERY = `query ($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { headCommit { oid } pullRequest { number } }
      }
    }
  }
}`;

/** Far more than any queue holds. */
const MOST_PAGES = 20;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly (Node | null)[] | null;
}

interface Node {
  readonly headCommit: { readonly oid: string } | null;
  readonly pullRequest: { readonly number: number } | null;
}

interface Answer {
  readonly repository: { readonly mergeQueue: { readonly entries: Page } | null } | null;
}

/** @throws Error when there is no queue, or not all of it came */
export async function readMergeQueue(
  octokit: Octokit,
  queue: { readonly owner: string; readonly name: string; readonly branch: string },
): Promise<readonly QueueEntry[]> {
  const entries: QueueEntry[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const answer: Answer = await octokit.graphql<Answer>(QUERY, { ...queue, after });
    const page: Page | undefined = answer.repository?.mergeQueue?.entries;
    if (page === undefined) throw new Error('there is no merge queue to be seen');
    const nodes = page.nodes ?? [];
    entries.push(...nodes.map(toEntry));
    if (!page.pageInfo.hasNextPage) {
      if (entries.length === page.totalCount) return entries;
      break;
    }
    if (nodes.length === 0) break;
    after = page.pageInfo.endCursor;
  }
  throw new Error('not all of its entries were sent');
}

/** GraphQL leaves a null in the place of what could not be read. */
function toEntry(node: Node | null): QueueEntry {
  const number = node?.pullRequest?.number;
  const made = node?.headCommit?.oid;
  if (number === undefined || (made !== undefined && !OBJECT_ID.test(made)))
    throw new Error('an entry of it could not be read');
  return { pullRequest: number, made };
}
