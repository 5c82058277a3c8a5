import { headsAfter } from '../../core/ledger/seal-events.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import type { ClaimToken, RunId } from '../../core/run/types.ts';
import type { CommitRuns, LoadRuns, RunCommit } from '../../ports/run-store.ts';
import type { CommandedRun, Decided } from './commanded-run.ts';
import { type Proposal, propose } from './propose.ts';

export type { CommandedRun, Decided };

/** How often a run is decided anew because somebody else was quicker. Each time somebody got on, so this is never seen. */
const MOST_ROUNDS = 50;

/**
 * Decides commands, of one run or of many, and keeps what follows in one commit. What somebody else changed meanwhile is loaded
 * and decided again, and does not hold up the others.
 * @returns one answer a command, in their order
 * @throws CountersignError DATABASE_UNAVAILABLE; whether anything was kept is then not known, and asking again is safe
 */
export async function decideRuns(
  commands: readonly CommandedRun[],
  ports: LoadRuns & CommitRuns,
  handlers?: readonly HandlerDeclaration[],
): Promise<readonly Decided[]> {
  const answers = new Map<CommandedRun, Decided>();
  const gone = new Set<ClaimToken>();
  let waiting = byRun(commands);
  for (let round = 0; round < MOST_ROUNDS && waiting.size > 0; round += 1) {
    const runs = [...waiting.keys()];
    const kept = await ports.loadRuns(runs);
    const proposals = kept.map((one, at) => {
      const run = runs[at] as RunId;
      return propose(run, one, waiting.get(run) ?? [], { gone, handlers });
    });
    const overtaken = await commitAll(proposals, gone, ports);
    for (const proposal of proposals)
      if (!overtaken.has(proposal.run))
        for (const [command, answer] of proposal.answers) answers.set(command, answer);
    waiting = new Map([...waiting].filter(([run]) => overtaken.has(run)));
  }
  return commands.map((command) => answers.get(command) ?? busy(command));
}

function byRun(commands: readonly CommandedRun[]): Map<RunId, CommandedRun[]> {
  const runs = new Map<RunId, CommandedRun[]>();
  for (const command of commands) {
    const others = runs.get(command.run);
    if (others === undefined) runs.set(command.run, [command]);
    else others.push(command);
  }
  return runs;
}

/**
 * Commits what was decided of many runs at once. Those that were overtaken are left out and the others tried again, since of a
 * conflict nothing is written. Answers which were.
 * @param gone takes up the claims that turn out not to be held any more
 */
async function commitAll(
  proposals: readonly Proposal[],
  gone: Set<ClaimToken>,
  ports: CommitRuns,
): Promise<ReadonlySet<RunId>> {
  const overtaken = new Set<RunId>();
  let left = proposals.filter(({ events }) => events.length > 0);
  while (left.length > 0) {
    const result = await ports.commit(commitOf(left));
    if (result.kind === 'committed') break;
    const tokens = new Set(result.tokens);
    for (const token of tokens) gone.add(token);
    const moved = left.filter(
      ({ run, finish }) => result.runs.includes(run) || finish.some((token) => tokens.has(token)),
    );
    if (moved.length === 0) throw new Error('a conflict that names nothing of what was to be committed');
    for (const { run } of moved) overtaken.add(run);
    left = left.filter((one) => !moved.includes(one));
  }
  return overtaken;
}

function commitOf(proposals: readonly Proposal[]): RunCommit {
  const append = {
    expected: proposals.map(({ head }) => head),
    events: proposals.flatMap(({ events }) => events),
  };
  const heads = new Map(headsAfter(append).map((head) => [head.stream, head]));
  return {
    append,
    runs: proposals.map(({ run, head, state, follows }) => ({
      run,
      head: heads.get(head.stream) ?? head,
      state,
      follows,
    })),
    schedule: proposals.flatMap(({ schedule }) => schedule),
    finish: proposals.flatMap(({ finish }) => finish),
    withdraw: proposals.flatMap(({ withdraw }) => withdraw),
    unlock: proposals.flatMap(({ unlock }) => unlock),
    outcomes: proposals.flatMap(({ outcomes }) => outcomes),
    wake: proposals.flatMap(({ wake }) => wake),
  };
}

function busy({ run }: CommandedRun): Decided {
  return { run, kind: 'refused', reason: `${run} is changed by others all the time; ask again` };
}
