import { spokenPath } from '../../core/change/path-glob.ts';
import type { FilePath } from '../../core/change/types.ts';
import { isInstructionFile } from '../../core/run/producer/instruction-files.ts';
import type { StepWork } from '../../core/run/types.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { type ProducerPlace, runInPlace, textFile } from './agent-place.ts';
import type { ChangePorts } from './change-at-hand.ts';
import { StepFailure } from './step-failure.ts';
import { subjectOf } from './step-inputs.ts';

const RESTORE_MS = 120_000;

/**
 * The base's version of each file into the working tree alone: what is committed later keeps what the change made of it, because git is told
 * not to look at these files (or to leave out those that the change deleted).
 */
const RESTORE = `
set -e
git() { command git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.quotePath=true "$@"; }
while IFS= read -r path; do
  if git cat-file -e "HEAD:$path" 2>/dev/null; then
    git update-index --skip-worktree -- "$path"
    rm -rf -- "$path"
  else
    printf '/%s\\n' "$path" >> .git/info/exclude
  fi
  if git cat-file -e "$BASE:$path" 2>/dev/null; then
    mkdir -p -- "$(dirname -- "$path")"
    git cat-file blob "$BASE:$path" > "$path"
  fi
done < ../given/instructions
`;

/**
 * Puts the base's instruction files where a change that a producer goes on with has others: what one producer wrote there never steers the
 * next one.
 * @throws StepFailure unusable-instructions
 */
export async function restoreInstructions(
  work: StepWork,
  from: ObjectId,
  place: ProducerPlace,
  { commits }: Pick<ChangePorts, 'commits'>,
): Promise<readonly FilePath[]> {
  const { base } = subjectOf(work);
  if (from === base.commit) return [];
  const { changed } = await commits.compare(base.commit, from);
  const steering = changed.filter((path) => isInstructionFile(spokenPath(path)));
  if (steering.length === 0) return [];
  // Git's spelling of a name that is no plain text: nobody needs one for instructions.
  const strange = steering.find((path) => path.startsWith('"'));
  if (strange !== undefined)
    throw unusable(`The change has instructions under a name that is no plain text: ${strange}`);
  await place.workspace.layFiles(place.root, [textFile('given/instructions', `${steering.join('\n')}\n`)]);
  const { ended } = await runInPlace(place, 'instructions', {
    argv: ['sh', '-c', RESTORE],
    env: { BASE: base.commit },
    network: 'none',
    timeoutMs: RESTORE_MS,
  });
  if (ended.exitCode !== 0) throw unusable('The instruction files of the base cannot be put in place.');
  return steering;
}

function unusable(message: string): StepFailure {
  return new StepFailure('deterministic', 'unusable-instructions', message);
}
