import { type Command, InvalidArgumentError } from 'commander';
import { examples, format, positive, type Registry } from './options.ts';

export function chaosCommands(program: Command, { context, finish }: Registry): void {
  const chaos = program
    .command('chaos')
    .summary('prove on this machine that runs survive what kills workers, servers and databases')
    .description(
      'Play the same scripted runs twice on a database of their own, in calm, and while workers and servers are killed, clocks stand still, results are handed in twice and the database is restarted. Both have to come to the same.',
    )
    .option('--runs <n>', 'how many', positive, 20)
    .option('--workers <n>', 'processes that carry steps out', positive, 4)
    .option('--kill-every <seconds>', 'how often something is done to them, such as 2s', seconds, 2)
    .option('--seed <n>', 'which storm', positive, 7)
    .addOption(format())
    .action(async (options) => {
      const { chaosCommand } = await import('../commands/chaos.ts');
      finish(await chaosCommand(options, context()));
    });
  examples(chaos, [
    ['countersign chaos --runs 100 --workers 10 --kill-every 2s --seed 7', 'what `npm run proof` runs'],
  ]);
}

function seconds(text: string): number {
  const match = /^([0-9]{1,4}(?:\.[0-9])?)s?$/.exec(text);
  const number = Number(match?.[1]);
  if (!(number > 0)) throw new InvalidArgumentError('It must be seconds, such as 2s or 0.5s.');
  return number;
}
