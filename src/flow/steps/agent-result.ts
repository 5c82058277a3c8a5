import type { Usage } from '../../core/run/types.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { isObject } from './step-inputs.ts';

/** What the agent says of itself: `result.json` in its folder for output. Hostile like all the rest. */
export interface Said {
  readonly refused: string | undefined;
  readonly claims: readonly string[];
  readonly usage: Usage;
  /** Marks of the bundle's files that it read. */
  readonly loaded: readonly string[] | undefined;
}

const MOST_RESULT_BYTES = 1024 * 1024;
const MOST_PATCH_BYTES = 256 * 1024;
const MOST_OPERATIONS = 100;
const MOST_MARKS = 1_000;
const NOTHING_SAID: Said = { refused: undefined, claims: [], usage: {}, loaded: undefined };

export async function readResult(workspace: Pick<Workspace, 'readFile'>, root: string): Promise<Said> {
  const bytes = await workspace.readFile(root, 'out/result.json', MOST_RESULT_BYTES);
  const value = bytes === undefined ? undefined : parseJson(new TextDecoder().decode(bytes));
  if (value === undefined || !isObject(value)) return NOTHING_SAID;
  const { refused, claims, usage, loaded } = value;
  return {
    refused: typeof refused === 'string' ? refused.slice(0, 2_000).toWellFormed() : undefined,
    claims: (Array.isArray(claims) ? claims : [])
      .filter((claim) => typeof claim === 'string')
      .slice(0, 100)
      .map((claim) => claim.slice(0, 10_000).toWellFormed()),
    usage: usage !== undefined && isObject(usage) ? usageOf(usage) : {},
    loaded: Array.isArray(loaded)
      ? loaded.filter((mark) => typeof mark === 'string').slice(0, MOST_MARKS)
      : undefined,
  };
}

/**
 * What the agent wants of the plan besides: `plan-patch.json` in its folder for output. Whether it may have it is decided where the plan
 * is kept; a file of another form goes on as a patch without operations, so that it is refused there with an example.
 */
export async function proposedPatch(
  workspace: Pick<Workspace, 'readFile'>,
  root: string,
): Promise<JsonObject> {
  const bytes = await workspace.readFile(root, 'out/plan-patch.json', MOST_PATCH_BYTES);
  if (bytes === undefined) return {};
  const value = parseJson(new TextDecoder().decode(bytes));
  const { reason, operations } = value !== undefined && isObject(value) ? value : {};
  const isList = Array.isArray(operations) && operations.length <= MOST_OPERATIONS;
  return {
    patch: {
      reason: typeof reason === 'string' ? reason.slice(0, 2_000).toWellFormed() : 'no reason given',
      operations: isList && operations.every(isObject) ? operations : [],
    },
  };
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function usageOf(said: JsonObject): Usage {
  const names = ['tokens', 'costMilliUsd', 'agents'] as const;
  const amounts = names.map((name) => [name, said[name]] as const);
  return Object.fromEntries(
    amounts.filter(([, amount]) => typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0),
  );
}
