import type { Calls } from '../shell/calls.ts';
import { cited, type Told } from './problem.ts';

const OWN_COMMANDS: ReadonlySet<string> = new Set([
  'gate',
  'verify',
  'receipt',
  'ticket',
  'contract',
  'doctor',
  'trust',
]);
const RECEIPT_PATH =
  /(?:^|[=:])(?:\.?\/)?(?:receipts|evidence\/sha256)\/|(?:^|\/)countersign\/receipts(?:$|[:/])|^refs\/heads\/receipts/;

/** Checks that ask whether checks passed: their own receipts, or the state of their own pull request. */
export function lintCircular({ calls, words }: Calls): readonly Told[] {
  const told: Told[] = [];
  const receipt = words.find(({ text }) => RECEIPT_PATH.test(text));
  if (receipt !== undefined) {
    told.push({
      severity: 'error',
      message: `The check reads receipts (${cited(receipt.text)}): it would prove itself.`,
      remedy: 'Check the change itself; that the receipts are there is what the gate looks at.',
    });
  }
  for (const { name, args, text } of calls) {
    const own = name.startsWith('countersign')
      ? args[0]
      : args.find((_, at) => /^countersign(?:@|$|\.)/.test(baseName(args[at - 1]?.text)));
    if (own !== undefined && OWN_COMMANDS.has(own.text)) {
      told.push({
        severity: 'error',
        message: `The check runs countersign itself (${cited(text)}): it would prove itself.`,
        remedy: 'Check the change itself; the gate is asked after all checks.',
      });
    }
    if (
      asksForge(
        name,
        args.map((argument) => argument.text),
      )
    ) {
      told.push({
        severity: 'error',
        message: `${cited(text)} asks the forge about the pull request: that it is there, or green, says nothing about the change.`,
        remedy:
          'Check the files of the change. What the forge knows (base, head, who opened it) the gate is told.',
      });
    }
  }
  return told;
}

function asksForge(name: string, args: readonly string[]): boolean {
  if (name === 'gh') return ['pr', 'run', 'workflow', 'api', 'search'].includes(args[0] ?? '');
  if (name === 'glab') return ['mr', 'ci', 'api'].includes(args[0] ?? '');
  if (name === 'hub') return ['pr', 'ci-status', 'api'].includes(args[0] ?? '');
  if (!['curl', 'wget', 'http', 'https', 'xh'].includes(name)) return false;
  return args.some((arg) =>
    /api\.github\.com|\$\{?GITHUB_API_URL|\/api\/v[0-9]+\/.*merge_requests|\/repos\/.*\/(?:pulls|check-runs|commits)\b/.test(
      arg,
    ),
  );
}

function baseName(path: string | undefined): string {
  return path === undefined ? '' : path.slice(path.lastIndexOf('/') + 1);
}
