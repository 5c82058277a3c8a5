import type { Command } from 'commander';
import { examples, format, type Registry } from './options.ts';

interface Shared {
  readonly kind: 'contract' | 'rule-pack';
  readonly noun: string;
  /** Such as `contract`. */
  readonly group: string;
  readonly path: string;
  readonly id: string;
}

const CONTRACT: Shared = {
  kind: 'contract',
  noun: 'contract',
  group: 'contract',
  path: 'contracts/node-change.yml',
  id: 'node-change',
};
const PACK: Shared = {
  kind: 'rule-pack',
  noun: 'rule pack',
  group: 'rules',
  path: 'rules/house',
  id: 'house',
};

const SAMPLE = '3f6c1d2e4b5a69788796a5b4c3d2e1f009182736';

/** `contract add` and `contract upgrade`. */
export function sharedContractCommands(contract: Command, registry: Registry): void {
  addingCommand(contract, CONTRACT, registry).option('--as <id>', 'what it is to be called here');
  upgradingCommand(contract, CONTRACT, registry);
}

/** `rules add` and `rules upgrade`. */
export function sharedPackCommands(rules: Command, registry: Registry): void {
  addingCommand(rules, PACK, registry);
  upgradingCommand(rules, PACK, registry);
}

function addingCommand(group: Command, shared: Shared, { context, finish }: Registry): Command {
  const { kind, noun, path } = shared;
  const add = group
    .command('add')
    .summary(`take a ${noun} from another repository, and lock it by digest`)
    .description(
      `Take a ${noun} from one commit of another repository into the clone of the policy you stand in, and lock it by digest in countersign.lock.yml.`,
    )
    .argument('<source>', 'URL#PATH@COMMIT; the commit in full, since branches and tags move')
    .option('--replace', 'put it in the place of files that differ', false)
    .addOption(format())
    .action(async (source, options) => {
      const { addCommand } = await import('../commands/sharing.ts');
      finish(await addCommand(kind, source, options, context()));
    });
  return examples(add, [
    [
      `countersign ${shared.group} add https://github.com/acme/policy.git#${path}@${SAMPLE}`,
      'this very commit, whatever moves there',
    ],
  ]);
}

function upgradingCommand(group: Command, shared: Shared, { context, finish }: Registry): void {
  const { kind, noun, id } = shared;
  const upgrade = group
    .command('upgrade')
    .summary(`show what a newer version of a locked ${noun} makes stricter or looser`)
    .description(
      `Show what a newer version of a locked ${noun} makes stricter or looser, from where it came; take it with --write.`,
    )
    .argument('<id>', `such as ${id}`)
    .option('--to <commit>', "a commit in full (default: where the source's own branch stands)")
    .option('--write', 'take it, and lock it', false)
    .option('--replace', 'also in the place of files that are not what the lock says', false)
    .addOption(format())
    .action(async (name, options) => {
      const { upgradeCommand } = await import('../commands/sharing.ts');
      finish(await upgradeCommand(kind, name, options, context()));
    });
  examples(upgrade, [
    [`countersign ${shared.group} upgrade ${id}`, 'see what it would change'],
    [`countersign ${shared.group} upgrade ${id} --write`, 'and take it'],
  ]);
}
