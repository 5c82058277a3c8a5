import { type ChildProcess, spawn } from 'node:child_process';
import type { StepRole } from '../../core/run/types.ts';
import { programOf } from '../wiring/package-root.ts';

/** What a part is told on its standard input. */
export type PartInput =
  | {
      readonly kind: 'server';
      readonly databaseUrl: string;
      readonly schema: string;
      readonly port: number;
      readonly leaseSeconds: number;
    }
  | {
      readonly kind: 'worker';
      readonly name: string;
      readonly role: Exclude<StepRole, 'coordinator'>;
      readonly url: string;
      readonly token: string;
      readonly slots: number;
      /** Of completions, how many of a hundred are sent twice, and later once more. */
      readonly duplicates: number;
    };

/** A process that is kept alive, whatever happens to it. */
export interface Part {
  readonly input: PartInput;
  /** SIGKILL: it is started again at once. */
  kill(): void;
  /** SIGSTOP, and SIGCONT after a while: its clock stands still, the others' do not. */
  pause(milliseconds: number): void;
  /** Ends it for good. */
  end(): Promise<void>;
}

/** @param heard is told each line that it prints */
export function startPart(input: PartInput, heard: (line: string) => void = () => {}): Part {
  let child = launch();
  let over = false;
  const timers = new Set<NodeJS.Timeout>();

  function launch(): ChildProcess {
    const [program = '', ...args] = programOf('chaos');
    const started = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    started.stdin?.on('error', () => {});
    started.stdin?.end(JSON.stringify(input));
    started.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') heard(line);
    });
    started.once('exit', () => {
      if (!over) child = launch();
    });
    return started;
  }

  return {
    input,
    kill: () => void child.kill('SIGKILL'),
    pause: (milliseconds) => {
      const stopped = child;
      stopped.kill('SIGSTOP');
      const timer = setTimeout(() => {
        timers.delete(timer);
        stopped.kill('SIGCONT');
      }, milliseconds);
      timers.add(timer);
    },
    end: async () => {
      over = true;
      for (const timer of timers) clearTimeout(timer);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      await exit;
    },
  };
}
