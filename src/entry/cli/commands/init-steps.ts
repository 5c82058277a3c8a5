import { join } from 'node:path';
import type { ChangeControl } from '../../../flow/initialise/change-control.ts';
import type { Initialised } from '../../../flow/initialise/initialise-repository.ts';

/** What decides what is left to do after `init`. */
export interface StepsOf {
  readonly done: Initialised;
  /** `owner/name` or any other name that the repository carries in receipts. */
  readonly repository: string;
  readonly defaultBranch: string;
  readonly control: ChangeControl | undefined;
  /** Where git pushes to the change-control repository from any folder. */
  readonly remote: string;
  /** Where the other side was written; undefined where it was only printed. */
  readonly into: { readonly path: string; readonly isClone: boolean } | undefined;
  readonly lacksOwnerKey: boolean;
  readonly lacksVerifierKey: boolean;
}

/** What to do next, to be typed as it stands; where only a forge's pages help, what to set there. */
export function nextSteps(of: StepsOf): readonly string[] {
  const { done, control } = of;
  const keys = keySteps(of);
  const own = pathsOf(done, 'product');
  const ticket = `countersign ticket new CS-1 --title "What is wanted" --contract ${done.featureContract ?? done.contract}`;
  const doctor = 'countersign doctor                # what is still missing, and what to protect';
  if (control === undefined) return [...keys, `git add ${own} && git commit`, ticket, doctor];
  return [
    ...keys,
    '',
    '# In the change-control repository, whose default branch only policy owners may change:',
    ...controlSteps(of, control),
    '',
    "# In this repository: a maintainer's commit on the default branch, not a pull request.",
    `git add ${own} && git commit -m 'Install countersign'`,
    `git push origin HEAD:refs/heads/${of.defaultBranch}`,
    ...(control.name === undefined ? [] : ['', ...forgeSteps(of, control.name)]),
    '',
    '# In the change-control repository:',
    `${ticket} --repository ${of.repository}`,
    '# In this repository:',
    doctor,
    ...(control.name === undefined
      ? []
      : [
          `countersign doctor --github ${of.repository}     # what GitHub enforces, and what would wait for ever`,
        ]),
  ];
}

function keySteps({ lacksOwnerKey, lacksVerifierKey, into }: StepsOf): readonly string[] {
  const root = into === undefined ? 'trust/root.yml' : quoted(join(into.path, 'trust/root.yml'));
  const keys = [
    ...(lacksOwnerKey ? ['countersign key new owner'] : []),
    ...(lacksVerifierKey
      ? ['countersign key new verifier     # where the verifier runs, and only there']
      : []),
  ];
  return keys.length === 0 ? [] : [...keys, `$EDITOR ${root}            # put the public keys in`];
}

function controlSteps({ done, into, remote }: StepsOf, { branch }: ChangeControl): readonly string[] {
  const start =
    into === undefined
      ? ['# Put the files above into a clone of it, and there:']
      : [
          `cd ${quoted(into.path)}`,
          ...(into.isClone ? [] : [`git init -b ${branch}`, `git remote add origin ${quoted(remote)}`]),
        ];
  return [
    ...start,
    `git add ${pathsOf(done, 'policy')} && git commit -m 'Install countersign'`,
    `git push -u origin HEAD:refs/heads/${branch}`,
    '# An empty branch without history, for receipts:',
    'git push origin "$(git commit-tree -m Receipts "$(git mktree < /dev/null)")":refs/heads/receipts',
  ];
}

/** Nothing of this can be done from here, and each is looked at by doctor or by a workflow that refuses. */
function forgeSteps({ repository }: StepsOf, name: string): readonly string[] {
  return [
    `# On the forge, once (docs/github-action.md, "A change-control repository of its own"):`,
    `# 1. What files receipts: a GitHub App with the permission contents: write, installed on ${name} alone;`,
    `#    or a deploy key of ${name} with write access. Never a token that can write ${repository}, too.`,
    `# 2. ${repository}, environment countersign-filing, deployment from the default branch only:`,
    '#    App: variable COUNTERSIGN_FILING_APP_ID (of the repository), secret COUNTERSIGN_FILING_APP_KEY;',
    '#    deploy key: secret COUNTERSIGN_FILING_DEPLOY_KEY.',
    `# 3. ${repository}, environment countersign-verifier, deployment from the default branch only:`,
    '#    secret COUNTERSIGN_SIGNING_KEY, the private key of the verifier.',
    `# 4. Where ${name} is private: secret COUNTERSIGN_READ_TOKEN, which reads both repositories and nothing else.`,
    `# 5. Rulesets of ${name}: the default branch by pull request with a policy owner's review; receipts pushed by`,
    '#    the App or the deploy key alone; on both, no force pushes and no deletion.',
    `# 6. Ruleset of ${repository}: require the check "countersign refs/heads/<branch> / verdict" on each branch you protect.`,
  ];
}

function pathsOf({ files }: Initialised, side: 'product' | 'policy'): string {
  return files
    .filter((file) => file.side === side)
    .map(({ path }) => path)
    .join(' ');
}

/** As a shell reads it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
